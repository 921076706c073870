//! What the harness itself must notice and do, so that a quiet page is known to be one.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
};

use super::Browser;

#[test]
fn what_goes_wrong_on_a_page_is_noticed() {
    let Some(browser) = Browser::there() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("wrong.html");
    let text = "<!doctype html><title>wrong</title><input type=range min=0 max=50 value=10>\
                <img src='http://127.0.0.1:9/none.png'><input id=field value=old>\
                <script>console.error('told'); document.querySelector('input').oninput = \
                (event) => { window.moved = (window.moved || 0) + 1; }; throw new Error('thrown')</script>";
    std::fs::write(&page, text).expect("writable");
    let mut tab = browser.tab();
    tab.open(&format!("file://{}", page.display()));
    let complaints = tab.complaints().join("\n");
    for part in ["told", "thrown", "load failed"] {
        assert!(complaints.contains(part), "`{part}`: {complaints}");
    }
    assert_eq!(tab.loads().len(), 2, "{:?}", tab.loads());
    let unnamed = tab.accessible().into_iter().find(|it| it.role == "slider").expect("a slider");
    assert!(unnamed.focusable && unnamed.name.is_empty());
    // Real input: it moves, in steps, and the keys go on from there.
    let value = tab.slide("input[type=range]", 0.5);
    assert!((value - 25.0).abs() <= 1.0 && tab.number("window.moved") > 1.0, "{value}");
    tab.press("ArrowRight");
    assert_eq!(tab.number("Number(document.querySelector('input').value)"), value + 1.0);
    tab.fill("#field", "new 1.5");
    assert_eq!(tab.text("document.querySelector('#field').value"), "new 1.5");
}

#[test]
fn pages_over_http_are_opened_and_what_they_miss_is_noticed() {
    let Some(browser) = Browser::there() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/", listener.local_addr().expect("bound"));
    // It ends with the test.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let lines = BufReader::new(stream.try_clone().expect("a socket")).lines();
            let lines = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
            let asked: Vec<String> = lines.collect();
            let (status, body) = match asked.first().map(String::as_str) {
                Some("GET / HTTP/1.1") => (
                    "200 OK",
                    "<!doctype html><link rel=icon href='data:,'><script>fetch('missing')</script>",
                ),
                _ => ("404 Not Found", ""),
            };
            let head = "Content-Type: text/html\r\nConnection: close";
            let length = body.len();
            // A reader that has gone away misses nothing.
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
            );
        }
    });
    let (mut one, mut other) = (browser.tab(), browser.tab());
    one.open(&address);
    one.wait_until("performance.getEntriesByName(location.href + 'missing').length");
    other.open("data:text/html,<p>quiet");
    assert_eq!(one.loads(), [address.clone(), format!("{address}missing")]);
    let complaints = one.complaints();
    assert!(complaints.iter().any(|it| it.starts_with("status 404")), "{complaints:?}");
    // Each tab is asked of its own.
    assert!(other.complaints().is_empty() && other.loads().is_empty(), "{:?}", other.complaints());
}
