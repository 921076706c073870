//! Texts as other languages take them: a shell, TOML, an address.

/// A word as a shell takes it for one.
pub(super) fn in_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:+@%\\".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A string of TOML, with its quotes; its escapes are those of JSON.
pub(super) fn in_toml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A part of an address; of signs that are no letters or digits, these are kept.
pub(super) fn in_address(text: &str, kept: &[u8]) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_gets_its_own_text_back() {
        assert_eq!(in_shell("a b's"), r"'a b'\''s'");
        assert_eq!(in_shell(""), "''");
        assert_eq!(in_shell("plant.toml"), "plant.toml");
        assert_eq!(in_toml("a\"b\nc"), r#""a\"b\nc""#);
        assert_eq!(in_address("grade-2.9 ü", b"-."), "grade-2.9%20%C3%BC");
    }
}
