//! A tab: what is done in it, and what it shows and says.

use std::{
    cell::RefCell,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::chromium::{Chromium, PATIENCE};

/// A tab of the browser. What fails panics and says what was asked for.
pub(crate) struct Tab {
    chromium: Rc<RefCell<Chromium>>,
    target: String,
    session: String,
    /// The first event that belongs to what is open.
    since: usize,
    /// `light` or `dark`, and `screen` or `print`.
    scheme: &'static str,
    medium: &'static str,
}

/// What assistive technology is told of one thing on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Accessible {
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) focusable: bool,
}

impl Tab {
    pub(super) fn new(chromium: Rc<RefCell<Chromium>>) -> Self {
        let ask = |method: &str, parameters: Value| {
            chromium.borrow_mut().ask(method, &parameters, None).unwrap_or_else(|it| panic!("{it}"))
        };
        let text = |value: &Value| value.as_str().expect("an identifier").to_owned();
        let target = text(&ask("Target.createTarget", json!({ "url": "about:blank" }))["targetId"]);
        let attached = ask("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = text(&attached["sessionId"]);
        let tab = Self { chromium, target, session, since: 0, scheme: "light", medium: "screen" };
        for domain in ["Page", "Runtime", "Log", "Network", "Accessibility"] {
            tab.ask(&format!("{domain}.enable"), json!({}));
        }
        tab.appear();
        tab.resize(1280, 900);
        tab
    }

    /// Sends any command of the DevTools protocol and returns its result.
    #[expect(clippy::needless_pass_by_value, reason = "parameters are made where they are sent")]
    pub(crate) fn ask(&self, method: &str, parameters: Value) -> Value {
        let asked = self.chromium.borrow_mut().ask(method, &parameters, Some(&self.session));
        asked.unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// Opens an address, `file://…` or `http://127.0.0.1:…`, and waits until it has loaded. What was said before is forgotten.
    pub(crate) fn open(&mut self, address: &str) {
        self.since = self.chromium.borrow().events.len();
        let told = self.ask("Page.navigate", json!({ "url": address }));
        assert!(told["errorText"].is_null(), "`{address}`: {}", told["errorText"]);
        let end = Instant::now() + PATIENCE;
        while self.events("Page.loadEventFired").is_empty() {
            assert!(Instant::now() < end, "`{address}` does not load: {:?}", self.complaints());
            self.chromium.borrow_mut().listen(Duration::from_millis(100));
        }
    }

    /// Makes the window as wide and as high, in CSS pixels; below 500 it is a telephone's.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let mobile = width < 500;
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    /// Prefers `light` or `dark`.
    pub(crate) fn prefer(&mut self, scheme: &'static str) {
        self.scheme = scheme;
        self.appear();
    }

    /// Shows the page as on `screen` or in `print`. Only [`Tab::print`] also tells scripts of it.
    pub(crate) fn show_as(&mut self, medium: &'static str) {
        self.medium = medium;
        self.appear();
    }

    fn appear(&self) {
        let scheme = json!([{ "name": "prefers-color-scheme", "value": self.scheme }]);
        let medium = json!({ "media": self.medium, "features": scheme });
        self.ask("Emulation.setEmulatedMedia", medium);
    }

    /// The value of an expression, or what the promise that it makes is kept with.
    pub(crate) fn evaluate(&self, expression: &str) -> Value {
        let parameters = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let mut told = self.ask("Runtime.evaluate", parameters);
        assert!(told.get("exceptionDetails").is_none(), "`{expression}`: {told}");
        told["result"]["value"].take()
    }

    /// The same as a number.
    pub(crate) fn number(&self, expression: &str) -> f64 {
        let value = self.evaluate(expression);
        value.as_f64().unwrap_or_else(|| panic!("`{expression}` is no number but {value}"))
    }

    /// The same as a text.
    pub(crate) fn text(&self, expression: &str) -> String {
        match self.evaluate(expression) {
            Value::String(text) => text,
            value => panic!("`{expression}` is no text but {value}"),
        }
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_until(&self, expression: &str) {
        let end = Instant::now() + PATIENCE;
        while self.evaluate(&format!("Boolean({expression})")) != true {
            assert!(Instant::now() < end, "never: `{expression}`; {:?}", self.complaints());
            self.chromium.borrow_mut().listen(Duration::from_millis(50));
        }
    }

    /// Clicks into the middle of what a selector names, which nothing may cover.
    pub(crate) fn click(&self, selector: &str) {
        let [left, top, width, height] = self.place(selector);
        let (x, y) = (left + width / 2.0, top + height / 2.0);
        let hit = format!(
            "(() => {{ const it = document.querySelector({selector:?}); const hit = document.elementFromPoint({x}, {y}); \
             return it.contains(hit) || Boolean(hit && hit.contains(it)); }})()"
        );
        assert_eq!(self.evaluate(&hit), true, "`{selector}` is covered");
        self.mouse("mouseMoved", x, y, 0);
        self.mouse("mousePressed", x, y, 1);
        self.mouse("mouseReleased", x, y, 0);
    }

    /// Puts the mouse over the middle of what a selector names.
    pub(crate) fn hover(&self, selector: &str) {
        let [left, top, width, height] = self.place(selector);
        self.mouse("mouseMoved", left + width / 2.0, top + height / 2.0, 0);
    }

    /// Replaces what stands in a field by a text, key by key.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        self.click(selector);
        let all = json!({ "type": "keyDown", "key": "a", "code": "KeyA", "modifiers": 2, "commands": ["selectAll"] });
        self.ask("Input.dispatchKeyEvent", all);
        self.ask("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": "a", "code": "KeyA" }));
        self.press("Backspace");
        for sign in text.chars() {
            self.press(&sign.to_string());
        }
    }

    /// Presses a key where the focus is: a character, `Enter`, `Tab`, `ArrowLeft` …, also after `Control+` and `Shift+`.
    pub(crate) fn press(&self, keys: &str) {
        let (mut modifiers, mut key) = (0, keys);
        for (name, bit) in [("Alt+", 1), ("Control+", 2), ("Shift+", 8)] {
            if let Some(rest) = key.strip_prefix(name) {
                (modifiers, key) = (modifiers | bit, rest);
            }
        }
        let mut event = json!({ "key": key, "modifiers": modifiers });
        let code = match key {
            "Backspace" => 8,
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            "Delete" => 46,
            sign => {
                assert_eq!(sign.chars().count(), 1, "no key `{sign}` is known");
                if [0, 8].contains(&modifiers) {
                    event["text"] = sign.into();
                }
                match sign.to_ascii_uppercase().as_bytes() {
                    [it] if it.is_ascii_alphanumeric() => i32::from(*it),
                    _ => 0,
                }
            }
        };
        if key == "Enter" {
            event["text"] = "\r".into();
        }
        event["windowsVirtualKeyCode"] = code.into();
        event["code"] = match key {
            sign if sign.len() == 1 && sign.as_bytes()[0].is_ascii_alphabetic() => {
                format!("Key{}", sign.to_ascii_uppercase()).into()
            }
            _ => key.into(),
        };
        event["type"] = if event["text"].is_null() { "rawKeyDown" } else { "keyDown" }.into();
        self.ask("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        if let Some(fields) = event.as_object_mut() {
            fields.remove("text");
        }
        self.ask("Input.dispatchKeyEvent", event);
    }

    /// Drags the thumb of a slider to a share of its length, 0 to 1, and returns the value that it then has. Halfway it stops
    /// a few times, as a hand does.
    pub(crate) fn slide(&self, selector: &str, share: f64) -> f64 {
        let [left, top, width, height] = self.place(selector);
        let field = |name: &str| {
            self.number(&format!("Number(document.querySelector({selector:?}).{name})"))
        };
        // What the HTML standard takes where nothing is written.
        let or = |name: &str, other: f64| {
            let text = self.text(&format!("document.querySelector({selector:?}).{name}"));
            if text.is_empty() { other } else { field(name) }
        };
        let (low, high) = (or("min", 0.0), or("max", 100.0));
        let now = (field("value") - low) / (high - low);
        // The middle of the thumb stays within the track by half of its width.
        let thumb = height.min(16.0);
        let at = |share: f64| left + thumb / 2.0 + share * (width - thumb);
        let y = top + height / 2.0;
        self.mouse("mouseMoved", at(now), y, 0);
        self.mouse("mousePressed", at(now), y, 1);
        for step in 1..=5 {
            self.mouse("mouseMoved", at(now + (share - now) * f64::from(step) / 5.0), y, 1);
        }
        self.mouse("mouseReleased", at(share), y, 0);
        field("value")
    }

    /// Chooses an option of a list by its text, with the arrow keys.
    pub(crate) fn choose(&self, selector: &str, option: &str) {
        let list = format!("document.querySelector({selector:?})");
        let place = format!("[...{list}.options].findIndex((it) => it.text === {option:?})");
        let to = self.number(&place);
        assert!(to >= 0.0, "`{selector}` has no `{option}`");
        self.place(selector);
        self.evaluate(&format!("{list}.focus()"));
        let from = self.number(&format!("{list}.selectedIndex"));
        let key = if to < from { "ArrowUp" } else { "ArrowDown" };
        let mut left = (to - from).abs();
        while left > 0.0 {
            self.press(key);
            left -= 1.0;
        }
        let chosen = self.text(&format!("{list}.options[{list}.selectedIndex].text"));
        assert_eq!(chosen, option, "`{selector}`");
    }

    /// Left, top, width and height of what a selector names, in the window, after it was scrolled to.
    fn place(&self, selector: &str) -> [f64; 4] {
        let told = self.evaluate(&format!(
            "(() => {{ const it = document.querySelector({selector:?}); if (!it) return null; \
             it.scrollIntoView({{ block: 'center', inline: 'center', behavior: 'instant' }}); \
             const box = it.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }})()"
        ));
        let number = |at: usize| {
            told[at].as_f64().unwrap_or_else(|| panic!("nothing is named by `{selector}`"))
        };
        let [left, top, width, height] = [number(0), number(1), number(2), number(3)];
        assert!(width > 0.0 && height > 0.0, "`{selector}` is not to be seen");
        [left, top, width, height]
    }

    fn mouse(&self, what: &str, x: f64, y: f64, held: u32) {
        let moved = what == "mouseMoved";
        let button = if moved && held == 0 { "none" } else { "left" };
        let event = json!({
            "type": what, "x": x, "y": y, "button": button, "buttons": held, "clickCount": u32::from(!moved),
        });
        self.ask("Input.dispatchMouseEvent", event);
    }

    /// All things that assistive technology is told of.
    pub(crate) fn accessible(&self) -> Vec<Accessible> {
        let told = self.ask("Accessibility.getFullAXTree", json!({}));
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().trim().to_owned();
        let nodes = told["nodes"].as_array().expect("a list").iter();
        let nodes = nodes.filter(|node| node["ignored"] != true);
        let one = |node: &Value| {
            let properties = node["properties"].as_array().into_iter().flatten();
            let mut focusable = properties.filter(|it| it["name"] == "focusable");
            Accessible {
                role: text(&node["role"]),
                name: text(&node["name"]),
                focusable: focusable.any(|it| it["value"]["value"] == true),
            }
        };
        nodes.map(one).collect()
    }

    /// Writes a picture of the whole page to `target/tmp/browser/NAME.png`, for a developer to look at.
    pub(crate) fn screenshot(&self, name: &str) -> PathBuf {
        // The answer of an evaluation after the next frame, so that what has just changed is drawn.
        self.evaluate("new Promise((kept) => requestAnimationFrame(() => setTimeout(kept, 50)))");
        let told = self.ask("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
        keep(&format!("{name}.png"), &told["data"])
    }

    /// Prints the page, as scripts notice, to `target/tmp/browser/NAME.pdf`.
    pub(crate) fn print(&self, name: &str) -> PathBuf {
        let told = self
            .ask("Page.printToPDF", json!({ "preferCSSPageSize": true, "printBackground": false }));
        keep(&format!("{name}.pdf"), &told["data"])
    }

    /// What went wrong since the page was opened: errors and warnings on the console, exceptions, loads that failed.
    pub(crate) fn complaints(&self) -> Vec<String> {
        // What was caused is told before this is answered.
        self.evaluate("0");
        let events = self.since_opened();
        events.iter().filter_map(complaint).collect()
    }

    /// What has been asked for since the page was opened, the page itself first; data within it does not count.
    pub(crate) fn loads(&self) -> Vec<String> {
        self.evaluate("0");
        let requests = self.events("Network.requestWillBeSent");
        let addresses = requests.iter().filter_map(|it| it["request"]["url"].as_str());
        addresses.filter(|it| !it.starts_with("data:")).map(str::to_owned).collect()
    }

    fn since_opened(&self) -> Vec<Value> {
        let chromium = self.chromium.borrow();
        let own = chromium.events[self.since..].iter();
        own.filter(|event| event["sessionId"] == self.session.as_str()).cloned().collect()
    }

    fn events(&self, method: &str) -> Vec<Value> {
        let own = self.since_opened().into_iter().filter(|event| event["method"] == method);
        own.map(|mut event| event["params"].take()).collect()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // Where the browser has ended there is nothing to close.
        let parameters = json!({ "targetId": self.target });
        let _ = self.chromium.borrow_mut().ask("Target.closeTarget", &parameters, None);
    }
}

/// What an event says of something that went wrong.
fn complaint(event: &Value) -> Option<String> {
    let told = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled" => {
            let kind = told["type"].as_str()?;
            let wrong = ["error", "warning", "assert"].contains(&kind);
            wrong.then(|| format!("console, {kind}: {}", told["args"]))
        }
        "Runtime.exceptionThrown" => Some(format!("exception: {}", told["exceptionDetails"])),
        "Log.entryAdded" => {
            let entry = &told["entry"];
            let wrong = ["error", "warning"].contains(&entry["level"].as_str()?);
            wrong.then(|| format!("log: {} {}", entry["text"], entry["url"]))
        }
        "Network.loadingFailed" => {
            (told["canceled"] != true).then(|| format!("load failed: {}", told["errorText"]))
        }
        "Network.responseReceived" => {
            let response = &told["response"];
            let status = response["status"].as_u64().filter(|&status| status >= 400)?;
            Some(format!("status {status}: {}", response["url"]))
        }
        "Inspector.targetCrashed" => Some("the page has crashed".to_owned()),
        _ => None,
    }
}

fn keep(name: &str, data: &Value) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).expect("a folder");
    let bytes = BASE64.decode(data.as_str().expect("a text").as_bytes()).expect("base64");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("writable");
    path
}
