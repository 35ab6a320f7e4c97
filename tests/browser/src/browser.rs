//! A browser without anybody's profile.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, net, thread};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::axe;

/// How long a page may take before a test gives up, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A width a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 390 px: a phone.
    Phone,
    /// 1366 px: an office PC.
    Desktop,
}

impl Width {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Phone, Self::Desktop];

    fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1366, 768),
        }
    }
}

/// One browser with an empty profile.
pub struct Browser {
    client: Client,
    driver: Child,
    faults: RefCell<Vec<String>>,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser; `has_script` says whether pages may run JavaScript.
    ///
    /// # Panics
    /// When `chromium` or `chromedriver` is not installed: `script/setup` installs both.
    pub async fn open(has_script: bool) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed (script/setup installs it)");
        let address = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        let client = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let wanted = capabilities(&profile, has_script);
            match builder.capabilities(wanted).connect(&address).await {
                Ok(client) => break client,
                Err(error) if started.elapsed() > PATIENCE => panic!("no browser: {error}"),
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        };
        Self { client, driver, faults: RefCell::default(), _profile: profile }
    }

    /// The driver's own client, for what has no word here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a page.
    pub async fn go(&self, url: &str) {
        self.client.goto(url).await.expect("the page opens");
    }

    /// Opens another page of the same folder.
    pub async fn go_to(&self, page: &str) {
        let here = self.client.current_url().await.expect("a page is open");
        self.go(here.join(&format!("./{page}")).expect("a page has a path").as_str()).await;
    }

    /// Makes the window as wide as a phone's or a PC's.
    pub async fn set_width(&self, width: Width) {
        let (wide, high) = width.size();
        let metrics = json!({
            "width": wide, "height": high, "deviceScaleFactor": 1, "mobile": false,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// The first element of a CSS selector, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no `{css}` on {}: {error}", self.describe().await),
        }
    }

    /// How many elements a CSS selector finds now.
    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.expect("a valid selector").len()
    }

    /// Clicks the first element of a CSS selector.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        if let Err(error) = element.click().await {
            panic!("cannot click `{css}` on {}: {error}", self.describe().await);
        }
    }

    /// Follows the first link of a CSS selector.
    pub async fn follow(&self, css: &str) {
        let link = self.find(css).await;
        self.leave(link).await;
    }

    /// Follows the link of this number, from 0, of a CSS selector.
    pub async fn follow_nth(&self, css: &str, number: usize) {
        self.find(css).await;
        let all = self.client.find_all(Locator::Css(css)).await.expect("a valid selector");
        let link = all.into_iter().nth(number);
        self.leave(link.unwrap_or_else(|| panic!("no link {number} of `{css}`"))).await;
    }

    /// Clicks the first button of a CSS selector and waits for the page that follows; a page that
    /// says that something was not taken fails the test.
    pub async fn submit(&self, css: &str) {
        let button = self.find(css).await;
        self.leave(button).await;
        let has_failed = self.count("[role=alert], .error-page").await > 0;
        assert!(!has_failed, "`{css}` was not taken: {}", self.describe().await);
    }

    /// Where the first link of a CSS selector goes, as it is written.
    pub async fn href(&self, css: &str) -> String {
        let link = self.find(css).await;
        link.attr("href").await.expect("it is there").unwrap_or_default()
    }

    /// Where every link of a CSS selector goes.
    pub async fn hrefs(&self, css: &str) -> Vec<String> {
        self.find(css).await;
        let mut found = Vec::new();
        for link in self.client.find_all(Locator::Css(css)).await.expect("a valid selector") {
            found.extend(link.attr("href").await.expect("it is there"));
        }
        found
    }

    /// Text of every element of a CSS selector.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let mut found = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await.expect("a valid selector") {
            found.push(element.text().await.expect("it is there"));
        }
        found
    }

    /// What stands in a field.
    pub async fn value(&self, css: &str) -> String {
        self.find(css).await.prop("value").await.expect("it is there").unwrap_or_default()
    }

    /// Where the link that has the focus goes.
    pub async fn focused(&self) -> String {
        let element = self.client.active_element().await.expect("something has the focus");
        element.attr("href").await.expect("it is there").unwrap_or_default()
    }

    /// Types keys to whatever has the focus.
    pub async fn type_keys(&self, keys: &str) {
        let element = self.client.active_element().await.expect("something has the focus");
        element.send_keys(keys).await.expect("it takes keys");
    }

    /// Downloads a path as the person who is signed in.
    pub async fn download(&self, portal: &crate::Portal, path: &str) -> Vec<u8> {
        let cookies = self.client.get_all_cookies().await.expect("cookies can be read");
        let cookies: Vec<String> =
            cookies.iter().map(|it| format!("{}={}", it.name(), it.value())).collect();
        portal.download(path, &cookies.join("; "))
    }

    /// Clicks an element and waits until the page it stood on is gone.
    async fn leave(&self, element: Element) {
        let page = self.find("html").await;
        element.click().await.expect("it can be clicked");
        let started = Instant::now();
        // The old page's root goes stale when the next one is there.
        while page.tag_name().await.is_ok() {
            assert!(started.elapsed() < PATIENCE, "no page followed {}", self.describe().await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        self.find("body").await;
    }

    /// Types into a field after emptying it.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("it can be emptied");
        field.send_keys(text).await.expect("it takes text");
    }

    /// Chooses files in a file field.
    pub async fn choose_files(&self, css: &str, files: &[PathBuf]) {
        let paths: Vec<String> = files.iter().map(|it| it.display().to_string()).collect();
        self.find(css).await.send_keys(&paths.join("\n")).await.expect("it takes files");
    }

    /// All text a person sees.
    pub async fn text(&self) -> String {
        self.find("body").await.text().await.expect("a page has text")
    }

    /// Path of the page.
    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("a page is open").path().to_owned()
    }

    /// Signs a person in on a portal.
    pub async fn sign_in(&self, address: &str, login: &str, password: &str) {
        self.client.delete_all_cookies().await.expect("cookies can go");
        self.go(&format!("{address}/sign-in")).await;
        self.fill("#login", login).await;
        self.fill("#password", password).await;
        let button = self.find("main form button").await;
        self.leave(button).await;
        assert_ne!(self.path().await, "/sign-in", "{login} was not let in");
    }

    /// Looks at the open page at both widths: axe finds nothing, nothing sticks out, no message is
    /// missing. What is wrong is told by [`Browser::close`], for all pages at once. Keeps a picture
    /// where `LAMSACH_SCREENSHOTS` says.
    pub async fn look_at(&self, name: &str) {
        for width in Width::ALL {
            self.set_width(width).await;
            let place = format!("{name} at {} px ({})", width.size().0, self.path().await);
            let note = |fault: &str| self.faults.borrow_mut().push(format!("{place}: {fault}"));
            let source = self.client.source().await.expect("a page has a source");
            if source.contains('⟦') {
                note("a message is missing");
            }
            let overflow = "return document.documentElement.scrollWidth \
                            - document.documentElement.clientWidth";
            let overflow = self.client.execute(overflow, Vec::new()).await;
            if overflow.expect("the page can be measured") != json!(0) {
                note("wider than the window");
            }
            self.keep_picture(name, width).await;
            axe::violations(&self.client).await.iter().for_each(|violation| note(violation));
        }
    }

    async fn keep_picture(&self, name: &str, width: Width) {
        let Some(folder) = env::var_os("LAMSACH_SCREENSHOTS").map(PathBuf::from) else { return };
        let (wide, _) = width.size();
        let high = self
            .client
            .execute("return document.documentElement.scrollHeight", Vec::new())
            .await
            .ok()
            .and_then(|it| it.as_u64())
            .unwrap_or(2_000)
            .clamp(400, 8_000);
        let metrics =
            json!({ "width": wide, "height": high, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let picture = self.client.screenshot().await.expect("a picture");
        fs::create_dir_all(&folder).expect("the folder for pictures");
        fs::write(folder.join(format!("{name}-{wide}.png")), picture).expect("a picture is kept");
        self.set_width(width).await;
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        let command = DevTools { command: command.to_owned(), parameters };
        self.client.issue_cmd(command).await.expect("the browser takes the command");
    }

    async fn describe(&self) -> String {
        let path = self.path().await;
        let text: String = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        format!("{path}:\n{}", text.chars().take(1_500).collect::<String>())
    }

    /// Closes the browser, and fails when [`Browser::look_at`] found something wrong.
    pub async fn close(self) {
        drop(self.client.clone().close().await);
        let faults = self.faults.borrow();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked to end, the driver ends its browser too; killed, it would leave it behind.
        drop(Command::new("kill").arg(self.driver.id().to_string()).status());
        for _ in 0..50 {
            if matches!(self.driver.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}

/// A command of the `DevTools` protocol, by the driver's own way in.
#[derive(Debug)]
struct DevTools {
    command: String,
    parameters: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (http::Method::POST, Some(body.to_string()))
    }
}

fn capabilities(profile: &TempDir, has_script: bool) -> Map<String, Value> {
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--lang=vi",
    ]
    .map(str::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    let scripts = if has_script { 1 } else { 2 };
    let preferences = json!({ "profile.managed_default_content_settings.javascript": scripts });
    let options = json!({ "args": arguments, "prefs": preferences });
    Map::from_iter([
        ("browserName".to_owned(), json!("chrome")),
        ("goog:chromeOptions".to_owned(), options),
    ])
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it has an address").port()
}
