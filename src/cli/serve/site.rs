//! What can be asked for, and how much at once.

use std::{
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State, rejection::JsonRejection},
    http::{HeaderName, StatusCode, header},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Notify, Semaphore};

use super::{
    guard::{Guard, guard},
    served::{Question, Served},
};
use crate::report::html::live::ASSETS;

/// Longest request, in bytes.
const LONGEST: usize = 256 * 1024;

/// Most questions that wait for their turn.
const WAITING: usize = 64;

/// For how long open questions are answered after the end was asked for.
const LAST: Duration = Duration::from_secs(5);

struct Site {
    served: Arc<Served>,
    /// As many questions are answered at once as there are cores.
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// Serves until the process is asked to end.
pub(super) async fn run(
    listener: TcpListener,
    served: Arc<Served>,
    guarded: Guard,
) -> std::io::Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let turns = Arc::new(Semaphore::new(cores));
    let places = Arc::new(Semaphore::new(cores + WAITING));
    let mut router = Router::new()
        .route("/", get(page))
        .route("/panel", get(panel))
        .route("/revision", get(revision))
        .route("/solve", post(solve));
    for (name, media, text) in ASSETS {
        let answer = ([(header::CONTENT_TYPE, format!("{media}; charset=utf-8"))], text);
        router = router.route(&format!("/{name}"), get(|| async move { answer }));
    }
    let router = router
        .fallback(|| async { refuse(StatusCode::NOT_FOUND, "there is nothing of that name") })
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(middleware::from_fn_with_state(Arc::new(guarded), guard))
        .with_state(Arc::new(Site { served, turns, places }));
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let asked = Arc::new(Notify::new());
    let heard = Arc::clone(&asked);
    let until_asked = async move {
        asked_to_end().await;
        heard.notify_one();
    };
    let patience = async {
        asked.notified().await;
        // Who asks twice does not want to wait.
        tokio::select! {
            () = tokio::time::sleep(LAST) => {}
            () = asked_to_end() => {}
        }
    };
    let serve = axum::serve(listener, router).with_graceful_shutdown(until_asked);
    tokio::select! {
        ended = serve => ended,
        () = patience => Ok(()),
    }
}

/// Ctrl-C, or what a system sends to a process that it ends.
async fn asked_to_end() {
    let interrupt = async {
        // Without a way to be told, it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let end = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut end) => end.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let end = std::future::pending::<Option<()>>();
    tokio::select! {
        () = interrupt => {}
        _ = end => {}
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

async fn page(State(site): State<Arc<Site>>) -> Response {
    let served = Arc::clone(&site.served);
    match tokio::task::spawn_blocking(move || served.page()).await {
        Ok(page) => Html(page).into_response(),
        Err(_) => failed(),
    }
}

async fn revision(State(site): State<Arc<Site>>) -> Response {
    let served = Arc::clone(&site.served);
    match tokio::task::spawn_blocking(move || served.revision()).await {
        Ok((revision, unread)) => {
            Json(json!({ "revision": revision, "unread": unread })).into_response()
        }
        Err(_) => failed(),
    }
}

/// A bug of ours: it has been told on standard error, and the next question is answered.
fn failed() -> Response {
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "reeflow failed at this; its terminal says where")
}

#[derive(Deserialize)]
struct Of {
    scenario: Option<String>,
}

async fn panel(State(site): State<Arc<Site>>, Query(of): Query<Of>) -> Response {
    answer(site, move |served| served.panel(of.scenario.as_deref())).await
}

async fn solve(
    State(site): State<Arc<Site>>,
    question: Result<Json<Question>, JsonRejection>,
) -> Response {
    match question {
        Ok(Json(question)) if question.is_too_long() => refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "no more than 1,000 figures can be changed at once",
        ),
        Ok(Json(question)) => answer(site, move |served| served.answer(&question)).await,
        Err(reason) => refuse(reason.status(), &reason.body_text()),
    }
}

/// Answers a question when it is its turn; one whose asker has gone is not answered.
async fn answer<T: serde::Serialize + Send + 'static>(
    site: Arc<Site>,
    find: impl FnOnce(&Served) -> T + Send + 'static,
) -> Response {
    let asked = Instant::now();
    let Ok(place) = Arc::clone(&site.places).try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "too many questions wait already");
    };
    let turn = Arc::clone(&site.turns).acquire_owned().await.expect("it is never closed");
    let served = Arc::clone(&site.served);
    let found = tokio::task::spawn_blocking(move || {
        // Held until it is solved, also if whoever asked has gone meanwhile.
        let _held = (place, turn);
        serde_json::to_vec(&find(&served))
    });
    let found = found.await;
    match found {
        Ok(Ok(bytes)) => {
            // How long it took with the wait for its turn, as browsers and benchmarks read it.
            let timing = format!("total;dur={:.3}", 1000.0 * asked.elapsed().as_secs_f64());
            let media = (header::CONTENT_TYPE, "application/json".to_owned());
            ([media, (HeaderName::from_static("server-timing"), timing)], bytes).into_response()
        }
        Ok(Err(error)) => refuse(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        Err(_) => failed(),
    }
}
