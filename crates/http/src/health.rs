//! How each part of the service does, for operators.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

/// How long a probe may take. One that takes longer has found that its component does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// How something does; the worse, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should.
    Ok,
    /// It works, but not as it should: somebody should look.
    Degraded,
    /// It does not work.
    Down,
}

/// What a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How the component does.
    pub health: Health,
    /// Why, where it is not [`Health::Ok`]: a sentence for operators, without secrets.
    pub detail: Option<String>,
}

impl Finding {
    /// All is well.
    pub const OK: Self = Self { health: Health::Ok, detail: None };

    /// It works, but.
    #[must_use]
    pub fn degraded(detail: impl Into<String>) -> Self {
        Self { health: Health::Degraded, detail: Some(detail.into()) }
    }

    /// It does not work.
    #[must_use]
    pub fn down(detail: impl Into<String>) -> Self {
        Self { health: Health::Down, detail: Some(detail.into()) }
    }
}

/// Looks how one component does.
#[async_trait]
pub trait HealthProbe: Send + Sync {
    /// The component, as `/health/detailed` names it.
    fn component(&self) -> &'static str;

    /// Whether nothing works without it.
    fn is_essential(&self) -> bool {
        false
    }

    /// Looks. It is given up after two seconds.
    async fn probe(&self) -> Finding;
}

/// What was found of one component.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Examined {
    pub(crate) component: &'static str,
    pub(crate) finding: Finding,
    pub(crate) latency: Duration,
}

/// Asks every probe at once; how the whole does, and each part.
pub(crate) async fn examine(probes: &[std::sync::Arc<dyn HealthProbe>]) -> (Health, Vec<Examined>) {
    let examined = join_all(probes.iter().map(|probe| one(&**probe))).await;
    let overall = probes.iter().zip(&examined).map(|(probe, examined)| match examined.finding.health {
        Health::Down if !probe.is_essential() => Health::Degraded,
        health => health,
    });
    (overall.max().unwrap_or(Health::Ok), examined)
}

async fn one(probe: &dyn HealthProbe) -> Examined {
    let begun = Instant::now();
    let finding = tokio::time::timeout(ANSWERS_WITHIN, probe.probe()).await;
    let finding = finding.unwrap_or_else(|_| Finding::down("It did not answer in time"));
    Examined { component: probe.component(), finding, latency: begun.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::sync::Arc;

    struct Fixed(Health, bool);

    #[async_trait]
    impl HealthProbe for Fixed {
        fn component(&self) -> &'static str {
            "fixed"
        }

        fn is_essential(&self) -> bool {
            self.1
        }

        async fn probe(&self) -> Finding {
            Finding { health: self.0, detail: None }
        }
    }

    struct Stuck;

    #[async_trait]
    impl HealthProbe for Stuck {
        fn component(&self) -> &'static str {
            "stuck"
        }

        async fn probe(&self) -> Finding {
            std::future::pending().await
        }
    }

    #[rstest]
    #[case(&[], Health::Ok)]
    #[case(&[(Health::Ok, true), (Health::Ok, false)], Health::Ok)]
    #[case(&[(Health::Ok, true), (Health::Down, false)], Health::Degraded)]
    #[case(&[(Health::Degraded, true), (Health::Ok, false)], Health::Degraded)]
    #[case(&[(Health::Down, true), (Health::Ok, false)], Health::Down)]
    #[actix_web::test]
    async fn the_whole_is_down_only_with_what_is_essential(#[case] parts: &[(Health, bool)], #[case] whole: Health) {
        let probes: Vec<Arc<dyn HealthProbe>> =
            parts.iter().map(|(health, essential)| Arc::new(Fixed(*health, *essential)) as _).collect();
        assert_eq!(examine(&probes).await.0, whole);
    }

    #[actix_web::test]
    async fn a_probe_that_hangs_is_given_up_and_delays_no_other() {
        let begun = Instant::now();
        let probes: [Arc<dyn HealthProbe>; 3] = [Arc::new(Stuck), Arc::new(Stuck), Arc::new(Fixed(Health::Ok, true))];
        let (whole, parts) = examine(&probes).await;
        assert_eq!((whole, parts[0].finding.health), (Health::Degraded, Health::Down));
        assert!((ANSWERS_WITHIN..ANSWERS_WITHIN * 2).contains(&begun.elapsed()));
    }
}
