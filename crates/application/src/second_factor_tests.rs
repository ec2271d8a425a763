//! What is the same wherever a second factor is proven.

use super::*;
use voxgate_domain::RecoveryCode;

use crate::test_support::{Doubles, Journal, Unit, account, code, fresh_caller, on, with_mfa};

fn finding(journal: &Journal, totp: Option<Totp>) -> Unit {
    let mut unit = Unit::new(journal);
    unit.users.expect_lock().returning(|_| Ok(Some(account(with_mfa()))));
    unit.factors.expect_lock().returning(move |_| Ok(totp.clone()));
    unit
}

#[tokio::test]
async fn without_a_factor_there_is_nothing_to_prove() {
    let journal = Journal::default();
    let app = Doubles::new().with_unit(finding(&journal, None)).application();
    let refused = app.prove_factor(&fresh_caller(), &FactorProof::Code(code())).await;
    assert!(matches!(refused, Err(Error::Conflict(voxgate_domain::ports::Conflict::MfaOff))));
    assert_eq!(journal.lines(), ["rollback"]);
}

#[tokio::test]
async fn the_tenth_wrong_code_locks_the_factor() {
    let journal = Journal::default();
    let attempts = Attempts { failures: 9, last_failure_at: Some(crate::test_support::now()), locked_until: None };
    let mut unit = finding(&journal, Some(Totp { attempts, ..on(59) }));
    unit.factors.expect_save_attempts().withf(|_, now| now.locked_until.is_some()).times(1).returning(|_, _| Ok(()));
    unit.attempts.expect_save().returning(|_, _, _| Ok(()));
    let app = Doubles::new().with_matching(None).with_unit(unit).application();

    let refused = app.prove_factor(&fresh_caller(), &FactorProof::Code(code())).await;

    assert!(matches!(refused, Err(Error::InvalidMfaCode)));
    assert_eq!(journal.lines(), ["audit mfa.locked", "audit mfa.failed", "commit"]);
}

#[tokio::test]
async fn a_right_code_ends_the_run_of_wrong_ones() {
    let journal = Journal::default();
    let attempts = Attempts { failures: 9, last_failure_at: Some(crate::test_support::now()), locked_until: None };
    let mut unit = finding(&journal, Some(Totp { attempts, ..on(59) }));
    unit.factors.expect_accept_step().returning(|_, _| Ok(true));
    unit.factors.expect_save_attempts().withf(|_, now| *now == Attempts::default()).times(1).returning(|_, _| Ok(()));
    let app = Doubles::new().with_matching(Some(60)).with_unit(unit).application();

    assert!(app.prove_factor(&fresh_caller(), &FactorProof::Code(code())).await.is_ok());
}

#[tokio::test]
async fn a_recovery_code_that_is_used_or_none_at_all_counts_as_a_wrong_code() {
    for presented in [RecoveryCode::presented("ABCD-EFGH-JKMN-PQRS"), None] {
        let journal = Journal::default();
        let mut unit = finding(&journal, Some(on(59)));
        unit.factors.expect_consume_recovery_code().returning(|_, _, _| Ok(false));
        unit.factors.expect_save_attempts().times(1).returning(|_, _| Ok(()));
        unit.attempts.expect_save().times(1).returning(|_, _, _| Ok(()));
        let app = Doubles::new().with_unit(unit).application();

        let refused = app.prove_factor(&fresh_caller(), &FactorProof::Recovery(presented)).await;

        assert!(matches!(refused, Err(Error::InvalidMfaCode)));
        assert_eq!(journal.lines(), ["audit mfa.failed", "commit"]);
    }
}
