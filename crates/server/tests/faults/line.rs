//! What a client knows of a request: the answer, or that there was none.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::Value;

use crate::harness::Answer;

/// What may happen to requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Voxgate is killed: answers fail to come. Whenever it answers, it does so well.
    Crashes,
    /// What it stands on fails: it says 503, and always answers.
    Outages,
    /// Nothing: each request is answered, and none with 5xx.
    Fair,
}

/// What became of a request.
#[derive(Debug)]
pub(crate) enum Fate {
    Answered(Answer),
    /// No answer, or one that says nothing of whether it was done.
    InDoubt,
}

/// What was seen of all requests.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: AtomicUsize,
    pub(crate) cut_off: AtomicUsize,
    pub(crate) unavailable: AtomicUsize,
    pub(crate) slowest_refusal: Mutex<Duration>,
}

impl Tally {
    pub(crate) fn told(&self) -> String {
        format!(
            "{} acknowledged, {} cut off, {} answered 503 (the slowest after {:?})",
            self.acknowledged.load(Ordering::Relaxed),
            self.cut_off.load(Ordering::Relaxed),
            self.unavailable.load(Ordering::Relaxed),
            self.slowest_refusal.lock().unwrap(),
        )
    }
}

/// The way to the service, shared by all who use it.
#[derive(Debug)]
pub(crate) struct Line {
    client: Client,
    base: String,
    weather: Weather,
    pub(crate) tally: Tally,
}

impl Line {
    /// How long a client goes on calling where nobody listens, or where it is told to come again.
    const PATIENCE: Duration = Duration::from_secs(90);
    /// After this nothing that was cut off is still under way in a database.
    const SETTLES_WITHIN: Duration = Duration::from_millis(300);

    pub(crate) fn to(base: &str, weather: Weather) -> Self {
        // Where no request may fail, none goes out on a connection that the other side closes at that moment.
        let idle = if weather == Weather::Fair { 0 } else { usize::MAX };
        let client = Client::builder().timeout(Duration::from_secs(60)).pool_max_idle_per_host(idle).build().unwrap();
        Self { client, base: base.to_owned(), weather, tally: Tally::default() }
    }

    /// Asks once. Where nobody listens nothing was asked, so it calls again.
    pub(crate) async fn ask(&self, method: Method, path: &str, access_token: &str, body: Value) -> Fate {
        let begun = Instant::now();
        loop {
            let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
            if !access_token.is_empty() {
                request = request.bearer_auth(access_token);
            }
            if !body.is_null() {
                request = request.json(&body);
            }
            let asked = Instant::now();
            match request.send().await {
                Ok(response) => {
                    let (status, headers) = (response.status().as_u16(), response.headers().clone());
                    return match response.text().await {
                        Ok(text) => self.judge(Answer { status, headers, text }, asked.elapsed(), path).await,
                        Err(error) => self.cut_off(&error, path),
                    };
                }
                Err(error) if error.is_connect() && self.weather == Weather::Crashes => {
                    assert!(begun.elapsed() < Self::PATIENCE, "{path}: nobody listens");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(error) => return self.cut_off(&error, path),
            }
        }
    }

    async fn judge(&self, answer: Answer, took: Duration, path: &str) -> Fate {
        if answer.status < 500 {
            let good = answer.status < 300;
            self.tally.acknowledged.fetch_add(usize::from(good), Ordering::Relaxed);
            return Fate::Answered(answer);
        }
        assert_eq!(self.weather, Weather::Outages, "{path} failed: {answer:?}");
        assert!(!answer.header("retry-after").is_empty(), "{path} does not say when to come again: {answer:?}");
        assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{path}: {answer:?}");
        self.tally.unavailable.fetch_add(1, Ordering::Relaxed);
        {
            let mut slowest = self.tally.slowest_refusal.lock().unwrap();
            *slowest = took.max(*slowest);
        }
        tokio::time::sleep(Self::SETTLES_WITHIN).await;
        Fate::InDoubt
    }

    fn cut_off(&self, error: &reqwest::Error, path: &str) -> Fate {
        assert_eq!(self.weather, Weather::Crashes, "{path} was not answered: {error:?}");
        self.tally.cut_off.fetch_add(1, Ordering::Relaxed);
        Fate::InDoubt
    }

    /// Asks until it is answered: for what may be done twice.
    pub(crate) async fn answer(&self, method: Method, path: &str, access_token: &str, body: Value) -> Answer {
        let begun = Instant::now();
        loop {
            if let Fate::Answered(answer) = self.ask(method.clone(), path, access_token, body.clone()).await {
                return answer;
            }
            assert!(begun.elapsed() < Self::PATIENCE, "{path}: never answered");
        }
    }

    pub(crate) async fn get(&self, path: &str, access_token: &str) -> Answer {
        self.answer(Method::GET, path, access_token, Value::Null).await
    }
}
