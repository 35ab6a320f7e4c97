//! Windows scheduled tasks: the XML files below `System32\Tasks`.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::text::decode_text;

/// Bytes of a task that are read; Windows writes a few kilobytes.
const MAX_BYTES: usize = 2 << 20;
/// Elements inside one another.
const MAX_DEPTH: usize = 32;
/// Actions and triggers that are kept.
const MAX_ITEMS: usize = 256;
/// Characters of one value that are kept.
const MAX_TEXT_CHARS: usize = 32 << 10;

/// What a task starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskAction {
    /// A program.
    Exec {
        /// The program, perhaps with variables.
        command: String,
        /// Its arguments.
        arguments: String,
        /// Folder it starts in.
        working_directory: String,
    },
    /// A COM class.
    ComHandler {
        /// Its class identifier, in braces.
        class_id: String,
        /// What is handed to it.
        data: String,
    },
    /// A mail or a message, which new Windows no longer sends.
    Other,
}

/// A scheduled task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// Path by which the scheduler knows it.
    pub uri: String,
    /// Who wrote it, as the file says.
    pub author: String,
    /// What it is for, as the file says.
    pub description: String,
    /// What it starts, in order.
    pub actions: Vec<TaskAction>,
    /// Kinds of triggers, such as `LogonTrigger`.
    pub triggers: Vec<String>,
    /// User it runs as.
    pub user: String,
    /// Whether it runs with the highest rights the user has.
    pub is_elevated: bool,
    /// Whether the scheduler's window hides it.
    pub is_hidden: bool,
    /// Whether it is switched on.
    pub is_enabled: bool,
}

/// Why bytes are no task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaskError {
    /// More than is read.
    #[error("the task file is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// No XML.
    #[error("the task file is not well-formed XML: {0}")]
    NotXml(String),
    /// Other XML.
    #[error("the XML file is not a task")]
    NotATask,
    /// Nested too deeply.
    #[error("the task file is nested too deeply")]
    TooDeep,
}

impl Task {
    /// Reads a task in UTF-16, as Windows writes it, or UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<Self, TaskError> {
        if bytes.len() > MAX_BYTES {
            return Err(TaskError::TooLong);
        }
        let text = decode_text(bytes);
        let mut reader = Reader::from_str(&text);
        let mut task = Self { is_enabled: true, ..Self::default() };
        let mut path: Vec<String> = Vec::new();
        let mut is_task = false;
        let mut value = String::new();
        loop {
            match reader.read_event().map_err(|error| TaskError::NotXml(error.to_string()))? {
                Event::Start(start) => {
                    let name = start.local_name().as_ref().to_owned();
                    if path.len() == MAX_DEPTH {
                        return Err(TaskError::TooDeep);
                    }
                    is_task |= path.is_empty() && name == "Task";
                    path.push(name);
                    task.begin(&path);
                    value.clear();
                }
                Event::Empty(start) => {
                    path.push(start.local_name().as_ref().to_owned());
                    task.begin(&path);
                    path.pop();
                }
                Event::Text(text) => push(&mut value, &text),
                Event::CData(data) => push(&mut value, &data),
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character.to_string(),
                        _ => quick_xml::escape::resolve_predefined_entity(&reference)
                            .map_or_else(|| format!("&{};", &*reference), str::to_owned),
                    };
                    push(&mut value, &resolved);
                }
                Event::End(_) => {
                    task.take(&path, value.trim());
                    value.clear();
                    path.pop();
                }
                Event::Eof if path.is_empty() => break,
                Event::Eof => return Err(TaskError::NotXml("it ends early".to_owned())),
                _ => {}
            }
        }
        if is_task { Ok(task) } else { Err(TaskError::NotATask) }
    }

    /// Notes an element that begins.
    fn begin(&mut self, path: &[String]) {
        let [_, group, item] = path else { return };
        if group == "Triggers" && self.triggers.len() < MAX_ITEMS {
            self.triggers.push(item.clone());
        }
        if group == "Actions" && self.actions.len() < MAX_ITEMS {
            self.actions.push(match item.as_str() {
                "Exec" => TaskAction::Exec {
                    command: String::new(),
                    arguments: String::new(),
                    working_directory: String::new(),
                },
                "ComHandler" => {
                    TaskAction::ComHandler { class_id: String::new(), data: String::new() }
                }
                _ => TaskAction::Other,
            });
        }
    }

    /// Notes the text of an element that ends.
    fn take(&mut self, path: &[String], value: &str) {
        let names: Vec<&str> = path.iter().skip(1).map(String::as_str).collect();
        match names[..] {
            ["RegistrationInfo", "URI"] => value.clone_into(&mut self.uri),
            ["RegistrationInfo", "Author"] => value.clone_into(&mut self.author),
            ["RegistrationInfo", "Description"] => value.clone_into(&mut self.description),
            ["Principals", "Principal", "UserId" | "GroupId"] => value.clone_into(&mut self.user),
            ["Principals", "Principal", "RunLevel"] => {
                self.is_elevated = value == "HighestAvailable";
            }
            ["Settings", "Hidden"] => self.is_hidden = value == "true" || value == "1",
            ["Settings", "Enabled"] => self.is_enabled = value != "false" && value != "0",
            ["Actions", _, field] => match (self.actions.last_mut(), field) {
                (Some(TaskAction::Exec { command, .. }), "Command") => value.clone_into(command),
                (Some(TaskAction::Exec { arguments, .. }), "Arguments") => {
                    value.clone_into(arguments);
                }
                (Some(TaskAction::Exec { working_directory, .. }), "WorkingDirectory") => {
                    value.clone_into(working_directory);
                }
                (Some(TaskAction::ComHandler { class_id, .. }), "ClassId") => {
                    value.clone_into(class_id);
                }
                (Some(TaskAction::ComHandler { data, .. }), "Data") => value.clone_into(data),
                _ => {}
            },
            _ => {}
        }
    }
}

fn push(value: &mut String, text: &str) {
    let room = MAX_TEXT_CHARS.saturating_sub(value.len());
    value.extend(text.chars().take(room));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = r#"<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>PC\a &amp; b</Author><URI>\Cập nhật</URI></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger><BootTrigger /></Triggers>
  <Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
  <Settings><Hidden>true</Hidden><Enabled>false</Enabled></Settings>
  <Actions Context="Author">
    <Exec><Command>wscript.exe</Command><Arguments>//B "C:\x &#233;.vbs"</Arguments></Exec>
    <ComHandler><ClassId>{00000000-0000-0000-0000-000000000001}</ClassId></ComHandler>
  </Actions>
</Task>"#;

    #[test]
    fn a_task_in_utf16_gives_its_facts() {
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(TASK.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for bytes in [wide.as_slice(), TASK.as_bytes()] {
            let task = Task::parse(bytes).unwrap();
            assert_eq!(task.uri, "\\Cập nhật");
            assert_eq!(task.author, "PC\\a & b");
            assert_eq!(task.triggers, ["LogonTrigger", "BootTrigger"]);
            assert!(task.is_hidden && task.is_elevated && !task.is_enabled);
            let exec = TaskAction::Exec {
                command: "wscript.exe".into(),
                arguments: "//B \"C:\\x é.vbs\"".into(),
                working_directory: String::new(),
            };
            let class_id = "{00000000-0000-0000-0000-000000000001}".into();
            let handler = TaskAction::ComHandler { class_id, data: String::new() };
            assert_eq!(task.actions, [exec, handler]);
        }
    }

    #[test]
    fn what_is_no_task_is_told_why() {
        assert_eq!(Task::parse(b"<a/>"), Err(TaskError::NotATask));
        assert_eq!(Task::parse(b""), Err(TaskError::NotATask));
        assert!(matches!(Task::parse(b"<Task></a>"), Err(TaskError::NotXml(_))));
        assert_eq!(Task::parse("<a>".repeat(100).as_bytes()), Err(TaskError::TooDeep));
        assert_eq!(Task::parse(&vec![b' '; MAX_BYTES + 1]), Err(TaskError::TooLong));
    }
}
