//! What people may try.
//!
//! An operation says what it is about in words that mean something in every state ("the latest session of Ada", "the
//! right password"), so that a sequence stays one when steps are taken out of it: that is how failures shrink.

/// The people. What each may do depends on what they did and on what was done to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Ada,
    Bob,
    Cleo,
}

/// All of them.
pub(crate) const NAMES: [Name; 3] = [Name::Ada, Name::Bob, Name::Cleo];
/// The roles that there are.
pub(crate) const ROLES: [&str; 5] = ["patient", "clinician", "researcher", "admin", "auditor"];

/// One of a person's sessions, links or challenges, counted back from the latest; the earliest when there are not so many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of(pub(crate) Name, pub(crate) usize);

/// Who does it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// The administrator who is there from the beginning.
    Root,
    /// Whoever has this session, over or not.
    Holder(Of),
}

/// A password that is given to be compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guess {
    Right,
    Former,
    Wrong,
}

/// A password that is chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice {
    New,
    Former,
    Present,
}

/// A proof of the second factor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof {
    Right,
    Recovery,
    Wrong,
    Spent,
}

/// Which refresh token of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token {
    Current,
    Former,
}

/// Something that only some may see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View {
    Users,
    Roles,
    Audit,
    User(Name),
    SessionsOf(Name),
}

/// What somebody tries.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Register(Name, Guess),
    AskForVerification(Name),
    ForgetPassword(Name),
    Verify(Of),
    Reset(Of, Choice),
    LogIn(Name, Guess),
    FinishLogIn(Of, Proof),
    Refresh(Of, Token),
    ReadProfile(Of),
    ListSessions(Of),
    LogOut(Of),
    EndSession(Of, Of),
    EndOtherSessions(Of),
    ChangePassword(Of, Guess, Choice),
    Reauthenticate(Of, Guess, Option<Proof>),
    CloseAccount(Of),
    Enroll(Of),
    Confirm(Of, Proof),
    RenewRecoveryCodes(Of, Proof),
    TurnFactorOff(Of, Proof),
    See(By, View),
    Invite(By, Name, Vec<&'static str>),
    GiveRoles(By, Name, Vec<&'static str>),
    SwitchOff(By, Name),
    SwitchOn(By, Name),
    Unlock(By, Name),
    EndSessionsOf(By, Name),
}
