//! Whatever the bytes are, the loader answers.

use std::collections::HashMap;

use proptest::prelude::*;
use reeflow::{
    cli::render::render,
    diagnostic::{Code, Diagnostics, Sources},
    document::{Files, Loaded, Read, Request, load},
};

const SOUND: &str = include_str!("../fixtures/sound/chain.toml");

/// Files in memory.
#[derive(Default)]
struct Memory(HashMap<String, String>);

impl Files for Memory {
    fn read(&self, path: &str, _from: &str) -> Result<Read, String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok(Read { name: path.to_owned(), bytes: text.clone().into_bytes() })
    }
}

/// Loads and draws; what matters is that both end.
fn load_and_draw(bytes: &[u8], request: &Request<'_>) -> Result<Loaded, Diagnostics> {
    let mut sources = Sources::new();
    let loaded = load("main.toml", bytes, request, &Memory::default(), &mut sources);
    let findings = match &loaded {
        Ok(loaded) => &loaded.findings,
        Err(findings) => findings,
    };
    let drawn = render(findings, &sources, false, 80);
    assert!(findings.is_empty() || !drawn.is_empty());
    loaded
}

fn codes(bytes: &[u8]) -> Vec<Code> {
    match load_and_draw(bytes, &Request::default()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().map(|item| item.code).collect(),
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_overflow() {
    let deep = 10_000;
    let texts = [
        "[".repeat(deep),
        "{a={a=".repeat(deep),
        format!("a = {}", "[".repeat(deep)),
        format!("a = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("a = {}1{}", "{a=".repeat(deep), "}".repeat(deep)),
        format!("{}a = 1", "a.".repeat(deep)),
        format!("[{}a]\nb = 1", "a.".repeat(deep)),
        format!("[[{}a]]\nb = 1", "a.".repeat(deep)),
        (0..deep)
            .map(|at| "a.".repeat(at % 60))
            .fold(String::new(), |text, path| text + "[[" + &path + "a]]\n"),
        format!("[scenario.x]\n\"{}a\" = 1", "a.".repeat(deep)),
        "[[a]]\n".repeat(deep),
        "\"".repeat(deep),
        "a = '''".repeat(deep),
    ];
    for text in texts {
        assert!(!codes(text.as_bytes()).is_empty(), "{}", &text[..40]);
    }
    let set = vec![format!("{}a=1", "a.".repeat(deep)), format!("a={}", "[".repeat(deep))];
    let request = Request { set: &set, ..Request::default() };
    assert!(load_and_draw(SOUND.as_bytes(), &request).is_err());
}

#[test]
fn five_megabytes_of_garbage_are_refused() {
    let mut seed = 1_u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 56) as u8
    };
    let bytes: Vec<u8> = (0..5 << 20).map(|_| random()).collect();
    let ascii: Vec<u8> = bytes.iter().map(|byte| 32 + byte % 95).collect();
    let lines: Vec<u8> =
        ascii.iter().map(|&byte| if byte == b'q' { b'\n' } else { byte }).collect();
    assert_eq!(codes(&bytes), [Code::NotText]);
    assert!(codes(&ascii).len() <= 51);
    assert!(codes(&lines).len() <= 51);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        let _ = codes(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = codes(&bytes);
    }

    #[test]
    fn text_in_the_signs_of_toml_is_answered(text in "[\\[\\]{}=.,\"'#a-c0-2 \n-]{0,120}") {
        let _ = codes(text.as_bytes());
    }

    #[test]
    fn a_mutated_flowsheet_is_answered(
        from in 0..SOUND.len(),
        length in 0_usize..40,
        insert in "[\\[\\]{}=.,\"'#a-c0-2 \né-]{0,6}",
    ) {
        let mut bytes = SOUND.as_bytes().to_vec();
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, insert.bytes());
        let _ = codes(&bytes);
        let request = Request { scenario: Some("low-price"), ..Request::default() };
        let _ = load_and_draw(&bytes, &request);
    }

    #[test]
    fn any_setting_is_answered(set in "[a-z.\"={}\\[\\]0-9 ]{0,40}") {
        let set = [set];
        let _ = load_and_draw(SOUND.as_bytes(), &Request { set: &set, ..Request::default() });
    }
}
