//! The second factor, and proving again who one is.

use super::{
    BURN_AFTER, CONFLICT, FACTOR_LOCK_AFTER, Factor, Failures, LOCK_AFTER, LOCKED, Model, Outcome, Status, WRONG_CODE,
    WRONG_PASSWORD,
};

impl Model {
    /// The password of somebody who is logged in.
    pub(super) fn prove_password(&mut self, account: usize, password: usize) -> Result<(), Outcome> {
        self.proofs_are_open(account)?;
        if self.accounts[account].password == Some(password) {
            return Ok(());
        }
        self.accounts[account].proofs.0 += 1;
        Err(WRONG_PASSWORD)
    }

    fn proofs_are_open(&self, account: usize) -> Result<(), Outcome> {
        if self.accounts[account].proofs.reached(LOCK_AFTER) { Err(LOCKED) } else { Ok(()) }
    }

    /// A code for the factor, whether or not it is on yet. What is wrong counts at the factor; the caller of this counts
    /// it where else it counts.
    fn prove_code(&mut self, account: usize, right: bool) -> Result<(), Outcome> {
        match &mut self.accounts[account].factor {
            Factor::Off => Err(CONFLICT),
            Factor::Enrolling(failures) | Factor::On(failures) if failures.reached(FACTOR_LOCK_AFTER) => Err(LOCKED),
            Factor::Enrolling(failures) | Factor::On(failures) => {
                *failures = if right { Failures::default() } else { Failures(failures.0 + 1) };
                if right { Ok(()) } else { Err(WRONG_CODE) }
            }
        }
    }

    /// The same by somebody who is logged in and whose factor is on.
    fn prove_own_code(&mut self, account: usize, right: bool) -> Result<(), Outcome> {
        self.proofs_are_open(account)?;
        if !self.accounts[account].has_factor() {
            return Err(CONFLICT);
        }
        let proven = self.prove_code(account, right);
        match proven {
            Ok(()) => self.accounts[account].proofs = Failures::default(),
            Err(WRONG_CODE) => self.accounts[account].proofs.0 += 1,
            Err(_) => {}
        }
        proven
    }

    pub(crate) fn finish_log_in(&mut self, challenge: Option<usize>, right: bool) -> Outcome {
        let Some(number) = challenge.filter(|&challenge| !self.challenges[challenge].gone) else { return WRONG_CODE };
        let found = self.challenges[number];
        let (account, owner) = (found.account, self.accounts[found.account].owner);
        if self.is_locked(owner) {
            return LOCKED;
        }
        let good = !found.spent && !found.failures.reached(BURN_AFTER);
        if self.accounts[account].status != Status::Active || !good {
            return WRONG_CODE;
        }
        match self.prove_code(account, right) {
            Ok(()) => {
                self.challenges[number].spent = true;
                self.begin_session(account, true)
            }
            Err(WRONG_CODE) => {
                self.challenges[number].failures.0 += 1;
                self.fail_login(owner);
                WRONG_CODE
            }
            Err(refused) => refused,
        }
    }

    pub(crate) fn reauthenticate(&mut self, session: Option<usize>, password: usize, code: Option<bool>) -> Outcome {
        let proven = self.caller(session).and_then(|(session, account)| {
            self.prove_password(account, password)?;
            if self.accounts[account].has_factor() {
                self.prove_own_code_if_given(account, code)?;
                self.sessions[session].with_code = true;
            }
            self.accounts[account].proofs = Failures::default();
            Ok(Outcome::Done(204))
        });
        proven.unwrap_or_else(|refused| refused)
    }

    /// A code that is missing counts nowhere.
    fn prove_own_code_if_given(&mut self, account: usize, code: Option<bool>) -> Result<(), Outcome> {
        self.prove_own_code(account, code.ok_or(WRONG_CODE)?)
    }

    pub(crate) fn enroll(&mut self, session: Option<usize>) -> Outcome {
        let enrolled = self.caller(session).and_then(|(_, account)| {
            if self.accounts[account].has_factor() {
                return Err(CONFLICT);
            }
            self.accounts[account].factor = Factor::Enrolling(Failures::default());
            Ok(Outcome::Done(201))
        });
        enrolled.unwrap_or_else(|refused| refused)
    }

    pub(crate) fn confirm(&mut self, session: Option<usize>, right: bool) -> Outcome {
        let confirmed = self.caller(session).and_then(|(session, account)| {
            self.proofs_are_open(account)?;
            if self.accounts[account].has_factor() {
                return Err(CONFLICT);
            }
            match self.prove_code(account, right) {
                Ok(()) => {}
                Err(refused) => {
                    self.accounts[account].proofs.0 += u32::from(refused == WRONG_CODE);
                    return Err(refused);
                }
            }
            self.accounts[account].factor = Factor::On(Failures::default());
            self.sessions[session].with_code = true;
            self.done(account, "mfa.enabled");
            Ok(Outcome::Done(200))
        });
        confirmed.unwrap_or_else(|refused| refused)
    }

    pub(crate) fn renew_recovery_codes(&mut self, session: Option<usize>, right: bool) -> Outcome {
        let renewed = self.caller(session).and_then(|(_, account)| {
            self.prove_own_code(account, right)?;
            self.done(account, "mfa.recovery_codes_regenerated");
            Ok(Outcome::Done(200))
        });
        renewed.unwrap_or_else(|refused| refused)
    }

    pub(crate) fn turn_factor_off(&mut self, session: Option<usize>, right: bool) -> Outcome {
        let turned_off = self.caller(session).and_then(|(_, account)| {
            self.prove_own_code(account, right)?;
            self.accounts[account].factor = Factor::Off;
            self.forget_challenges(account);
            self.done(account, "mfa.disabled");
            Ok(Outcome::Done(204))
        });
        turned_off.unwrap_or_else(|refused| refused)
    }
}
