//! The description in `OpenAPI` 3.1, generated from the handlers.

use std::sync::LazyLock;

use utoipa::openapi::path::{Operation, Parameter};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, HeaderBuilder, OpenApi as Description, Ref, RefOr, ResponseBuilder,
};
use utoipa::{Modify, OpenApi};

use super::problem::ProblemBody;
use super::{campaigns, cases, letters, progress, reports, scans, service, sightings};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lamsach API",
        description = "Malware clean-up campaigns for programs: fetch indicator lists, send \
            sightings, read progress, reports and cases. Times are RFC 3339 in UTC, days are \
            `YYYY-MM-DD`, ids are UUIDs. Problems are RFC 9457 `application/problem+json`, in the \
            language of `Accept-Language` (`vi`, the default, or `en`). Lists come in pages: \
            `limit`, `cursor` and the header `Link` with `rel=\"next\"`. Answers to GET have an \
            `ETag`; `If-None-Match` gives 304. A body is at most 2 MB, that of sightings 32 MB.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    paths(
        service::describe, service::openapi, service::problems, service::me, service::list_units,
        campaigns::list_campaigns, campaigns::read_campaign, campaigns::list_lists,
        campaigns::read_list,
        campaigns::read_index,
        letters::read_letter, letters::step_letter,
        progress::read_board, progress::read_roll_up,
        reports::read_report, reports::save_report, reports::step_report,
        cases::list_cases, cases::read_case, cases::step_case, cases::merge_device,
        cases::split_device,
        sightings::list_sightings, sightings::list_sources, sightings::send_sightings,
        sightings::send_from_own_unit, sightings::take_back,
        scans::receive,
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "service", description = "What answers, and who calls"),
        (name = "campaigns", description = "Campaigns and their indicator lists"),
        (name = "letters", description = "The letter as a unit received it"),
        (name = "progress", description = "How far units are, and what they handed in"),
        (name = "reports", description = "A unit's report"),
        (name = "cases", description = "The work on devices"),
        (name = "sightings", description = "What was seen in a unit's logs"),
        (name = "scans", description = "What the clean-up tool found on PCs"),
    ),
    security(("token" = []), ("session" = [])),
    modifiers(&Common),
)]
struct Api;

/// The description of the API.
pub fn openapi() -> Description {
    Api::openapi()
}

/// The description, made once.
pub(crate) fn shared() -> &'static Description {
    static SHARED: LazyLock<Description> = LazyLock::new(openapi);
    &SHARED
}

/// What holds for every operation: ways to sign in, problems.
struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut Description) {
        let components = api.components.get_or_insert_default();
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A token of a unit, made on the portal's page \"Mã truy cập\". Scopes: \
             `sightings:write` sends sightings and fetches lists; `read` reads what an auditor of \
             the unit may.",
        ));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        let session = ApiKeyValue::with_description(
            "lamsach_session",
            "The session of a signed-in browser. Writes must come from the portal's own pages.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
        for (path, item) in &mut api.paths.paths {
            let is_public =
                matches!(path.as_str(), "/api/v1" | "/api/v1/openapi.json" | "/api/v1/problems")
                    || path == "/api/v1/scan-results";
            let operations =
                [(&mut item.get, false), (&mut item.put, true), (&mut item.post, true)];
            for (operation, is_write) in operations {
                if let Some(operation) = operation {
                    complete(operation, path, is_public, is_write);
                }
            }
        }
    }
}

/// Documents entity tags, and the address of the next page, of what is read.
fn tag_answers(operation: &mut Operation) {
    let is_cursor =
        |it: &RefOr<Parameter>| matches!(it, RefOr::T(parameter) if parameter.name == "cursor");
    let is_paged = operation.parameters.as_ref().is_some_and(|all| all.iter().any(is_cursor));
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(found)) = responses.get_mut("200") {
        let tag = HeaderBuilder::new().description(Some("Hash of the content")).build();
        found.headers.insert("ETag".to_owned(), tag.into());
        if is_paged {
            let link = "Address of the next page, `rel=\"next\"`; absent on the last one";
            let link = HeaderBuilder::new().description(Some(link)).build();
            found.headers.insert("Link".to_owned(), link.into());
        }
    }
    let known = "The caller has it already: `If-None-Match` names its `ETag`";
    let known = ResponseBuilder::new().description(known).build();
    responses.insert("304".to_owned(), known.into());
}

/// Adds the problems an operation can end with.
fn complete(operation: &mut Operation, path: &str, is_public: bool, is_write: bool) {
    let mut add = |status: &str, description: &str| {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build();
        operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
    };
    if !is_write {
        add("400", "The query cannot be read");
    }
    if !is_public {
        add("401", "No token and no session, or one that does not hold");
        add("403", "The caller may not do this to that unit, or the token has another scope");
        add("422", "What was sent cannot be taken; `problems` says where");
    }
    if path.contains('{') {
        add("404", "There is no such thing, or the caller may not know of it");
    }
    if is_write {
        add("400", "The body is not JSON; `problems` says the line and column");
        add("404", "There is no such thing, or the caller may not know of it");
        add("409", "Somebody else changed it first; nothing was overwritten");
        add("413", "The body is larger than the call takes");
        add("415", "The body is not sent as `application/json`");
    }
    add("500", "A fault of the portal; trying again may help");
    if !is_write && !is_public || path.ends_with("openapi.json") {
        tag_answers(operation);
    }
}
