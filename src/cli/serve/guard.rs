//! Who may ask: pages of this server, and programs on machines that reach it; no page from elsewhere.
//!
//! A page from elsewhere can make a browser ask here, by its address or by a name of its own that it lets point here ("DNS
//! rebinding"). The first is told from `Origin` and `Sec-Fetch-Site`, the second from `Host`, in which the browser writes the name.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use governor::{DefaultDirectRateLimiter, Quota};
use serde_json::json;

/// Most requests in a second; a slider that is moved asks at most once per frame.
const MOST: NonZeroU32 = NonZeroU32::new(2_000).expect("positive");

/// What is allowed.
#[derive(Debug)]
pub(super) struct Guard {
    /// Names by which the page may be asked for, beside addresses and `localhost`.
    names: Vec<String>,
    rate: DefaultDirectRateLimiter,
}

impl Guard {
    pub(super) fn new(names: Vec<String>) -> Self {
        Self { names, rate: DefaultDirectRateLimiter::direct(Quota::per_second(MOST)) }
    }

    /// Why a request is refused; none if it is not.
    fn refuse(&self, method: &Method, headers: &HeaderMap) -> Option<(StatusCode, String)> {
        let text = |name: header::HeaderName| {
            headers.get(&name).map(|value| value.to_str().unwrap_or_default())
        };
        let host = text(header::HOST).unwrap_or_default();
        if !self.knows(host) {
            let message = format!("this is not `{host}`; allow that name with `--allow` if it is");
            return Some((StatusCode::MISDIRECTED_REQUEST, message));
        }
        if let Some(origin) = text(header::ORIGIN)
            && origin != format!("http://{host}")
        {
            return Some((StatusCode::FORBIDDEN, format!("a page of `{origin}` may not ask here")));
        }
        let site = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default());
        let follows_link = method == Method::GET
            && headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
        if let Some(site) = site
            && !matches!(site, "same-origin" | "none")
            && !follows_link
        {
            return Some((
                StatusCode::FORBIDDEN,
                "a page from elsewhere may not ask here".to_owned(),
            ));
        }
        if self.rate.check().is_err() {
            let message = format!("more than {MOST} requests in a second");
            return Some((StatusCode::TOO_MANY_REQUESTS, message));
        }
        None
    }

    /// Whether a host is an address, `localhost` or allowed: a name that others choose is none of these.
    fn knows(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let address =
            name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let is_name = |own: &str| name.eq_ignore_ascii_case(own);
        address.parse::<IpAddr>().is_ok()
            || is_name("localhost")
            || self.names.iter().any(|own| is_name(own))
    }
}

/// Refuses what may not ask; says of all answers what browsers may do with them.
pub(super) async fn guard(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match guard.refuse(request.method(), request.headers()) {
        Some((status, message)) => (status, Json(json!({ "error": message }))).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, crate::report::html::live::POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    for name in ["cross-origin-resource-policy", "cross-origin-opener-policy"] {
        headers.insert(name, header::HeaderValue::from_static("same-origin"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: &Method, pairs: &[(&'static str, &str)]) -> Option<u16> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a value"));
        }
        let guard = Guard::new(vec!["plant.example".to_owned()]);
        guard.refuse(method, &headers).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn only_own_pages_and_programs_may_ask() {
        let (get, post) = (&Method::GET, &Method::POST);
        for host in
            ["127.0.0.1:8765", "localhost:80", "[::1]:8765", "192.168.1.4:1", "Plant.example"]
        {
            assert_eq!(refused(post, &[("host", host)]), None, "{host}");
        }
        for host in ["", "evil.example:8765", "localhost.evil.example", "127.0.0.1.evil.example:1"]
        {
            assert_eq!(refused(get, &[("host", host)]), Some(421), "{host}");
        }
        let host = ("host", "localhost:8765");
        assert_eq!(refused(post, &[host, ("origin", "http://localhost:8765")]), None);
        for origin in
            ["http://evil.example", "http://localhost:9000", "https://localhost:8765", "null"]
        {
            assert_eq!(refused(post, &[host, ("origin", origin)]), Some(403), "{origin}");
        }
        assert_eq!(refused(post, &[host, ("sec-fetch-site", "same-origin")]), None);
        assert_eq!(refused(get, &[host, ("sec-fetch-site", "cross-site")]), Some(403));
        let link = [host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert_eq!(refused(get, &link), None);
        assert_eq!(refused(post, &link), Some(403));
    }

    #[test]
    fn more_than_so_many_in_a_second_are_refused() {
        let guard = Guard::new(Vec::new());
        let headers = HeaderMap::from_iter([(header::HOST, "localhost".parse().expect("a value"))]);
        let asked = (0..20 * MOST.get()).map(|_| guard.refuse(&Method::GET, &headers));
        let refused = asked.flatten().find(|(status, _)| *status == StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.is_some());
    }
}
