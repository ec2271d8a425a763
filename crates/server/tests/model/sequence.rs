//! How sequences of operations are made up.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::operation::{By, Choice, Guess, NAMES, Name, Of, Operation, Proof, ROLES, Token, View};

/// How far somebody is when a sequence begins.
#[derive(Clone, Copy, Debug)]
enum Standing {
    Unknown,
    Registered,
    LoggedIn,
    WithFactor,
    Invited(&'static str),
}

fn beginning(name: Name, standing: Standing) -> Vec<Operation> {
    use Operation::{Confirm, Enroll, Invite, LogIn, Register, Reset, Verify};
    let latest = Of(name, 0);
    let registered = [Register(name, Guess::Right)];
    let logged_in = [Verify(latest), LogIn(name, Guess::Right)];
    match standing {
        Standing::Unknown => Vec::new(),
        Standing::Registered => registered.into(),
        Standing::LoggedIn => registered.into_iter().chain(logged_in).collect(),
        Standing::WithFactor => {
            let factor = [Enroll(latest), Confirm(latest, Proof::Right)];
            registered.into_iter().chain(logged_in).chain(factor).collect()
        }
        Standing::Invited(role) => {
            vec![Invite(By::Root, name, vec![role]), Reset(latest, Choice::New), LogIn(name, Guess::Right)]
        }
    }
}

fn name() -> impl Strategy<Value = Name> {
    select(&NAMES[..])
}

fn of() -> impl Strategy<Value = Of> {
    (name(), prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => 2..6_usize]).prop_map(|(name, back)| Of(name, back))
}

fn by() -> impl Strategy<Value = By> {
    prop_oneof![3 => Just(By::Root), 2 => of().prop_map(By::Holder)]
}

fn guess() -> impl Strategy<Value = Guess> {
    prop_oneof![6 => Just(Guess::Right), 1 => Just(Guess::Former), 2 => Just(Guess::Wrong)]
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![6 => Just(Choice::New), 1 => Just(Choice::Former), 1 => Just(Choice::Present)]
}

fn proof() -> impl Strategy<Value = Proof> {
    prop_oneof![4 => Just(Proof::Right), 3 => Just(Proof::Recovery), 2 => Just(Proof::Wrong), 1 => Just(Proof::Spent)]
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![4 => Just(Token::Current), 1 => Just(Token::Former)]
}

fn view() -> impl Strategy<Value = View> {
    prop_oneof![
        Just(View::Users),
        Just(View::Roles),
        Just(View::Audit),
        name().prop_map(View::User),
        name().prop_map(View::SessionsOf),
    ]
}

fn roles() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(&ROLES[..], 0..=3)
}

fn own_account() -> BoxedStrategy<Operation> {
    use Operation as O;
    prop_oneof![
        4 => (name(), guess()).prop_map(|(who, password)| O::Register(who, password)),
        2 => name().prop_map(O::AskForVerification),
        4 => name().prop_map(O::ForgetPassword),
        5 => of().prop_map(O::Verify),
        5 => (of(), choice()).prop_map(|(link, password)| O::Reset(link, password)),
        12 => (name(), guess()).prop_map(|(who, password)| O::LogIn(who, password)),
        4 => (of(), guess(), choice()).prop_map(|(by, present, new)| O::ChangePassword(by, present, new)),
        1 => of().prop_map(O::CloseAccount),
    ]
    .boxed()
}

fn sessions() -> BoxedStrategy<Operation> {
    use Operation as O;
    prop_oneof![
        8 => (of(), token()).prop_map(|(of, token)| O::Refresh(of, token)),
        2 => of().prop_map(O::ReadProfile),
        2 => of().prop_map(O::ListSessions),
        3 => of().prop_map(O::LogOut),
        3 => (of(), of()).prop_map(|(by, which)| O::EndSession(by, which)),
        2 => of().prop_map(O::EndOtherSessions),
    ]
    .boxed()
}

fn second_factor() -> BoxedStrategy<Operation> {
    use Operation as O;
    prop_oneof![
        4 => of().prop_map(O::Enroll),
        5 => (of(), proof()).prop_map(|(by, proof)| O::Confirm(by, proof)),
        10 => (of(), proof()).prop_map(|(challenge, proof)| O::FinishLogIn(challenge, proof)),
        3 => (of(), guess(), option::of(proof())).prop_map(|(by, password, proof)| O::Reauthenticate(by, password, proof)),
        2 => (of(), proof()).prop_map(|(by, proof)| O::RenewRecoveryCodes(by, proof)),
        3 => (of(), proof()).prop_map(|(by, proof)| O::TurnFactorOff(by, proof)),
    ]
    .boxed()
}

fn administration() -> BoxedStrategy<Operation> {
    use Operation as O;
    prop_oneof![
        4 => (by(), view()).prop_map(|(by, view)| O::See(by, view)),
        2 => (by(), name(), roles()).prop_map(|(by, who, roles)| O::Invite(by, who, roles)),
        4 => (by(), name(), roles()).prop_map(|(by, who, roles)| O::GiveRoles(by, who, roles)),
        2 => (by(), name()).prop_map(|(by, who)| O::SwitchOff(by, who)),
        3 => (by(), name()).prop_map(|(by, who)| O::SwitchOn(by, who)),
        3 => (by(), name()).prop_map(|(by, who)| O::Unlock(by, who)),
        1 => (by(), name()).prop_map(|(by, who)| O::EndSessionsOf(by, who)),
    ]
    .boxed()
}

fn standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        1 => Just(Standing::Unknown),
        1 => Just(Standing::Registered),
        3 => Just(Standing::LoggedIn),
        5 => Just(Standing::WithFactor),
        2 => select(&ROLES[..]).prop_map(Standing::Invited),
    ]
}

/// A single thing that somebody tries. Boxed, as what holds it: strategies are as large as all that they choose from.
fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![4 => own_account(), 3 => sessions(), 3 => second_factor(), 2 => administration()].boxed()
}

/// What comes between two things that belong together: most often nothing.
fn interlude() -> BoxedStrategy<Vec<Operation>> {
    use Operation::{SwitchOff, SwitchOn};
    prop_oneof![
        3 => Just(Vec::new()),
        2 => operation().prop_map(|operation| vec![operation]),
        1 => name().prop_map(|who| vec![SwitchOff(By::Root, who), SwitchOn(By::Root, who)]),
    ]
    .boxed()
}

/// What one does in one go: most of what can be done needs something to be done right before.
fn scene() -> impl Strategy<Value = Vec<Operation>> {
    use Operation as O;
    let latest = |who: Name| Of(who, 0);
    let right = Guess::Right;
    prop_oneof![
        9 => operation().prop_map(|operation| vec![operation]),
        4 => (name(), interlude(), proof()).prop_map(move |(who, interlude, proof)| {
            [vec![O::LogIn(who, right)], interlude, vec![O::FinishLogIn(latest(who), proof)]].concat()
        }),
        1 => name().prop_map(move |who| vec![O::Enroll(latest(who)), O::Confirm(latest(who), Proof::Right)]),
        2 => (name(), interlude(), choice()).prop_map(move |(who, interlude, new)| {
            [vec![O::ForgetPassword(who)], interlude, vec![O::Reset(latest(who), new)]].concat()
        }),
        1 => (name(), 1..=3_usize).prop_map(|(who, times)| vec![O::LogIn(who, Guess::Wrong); times]),
        1 => (of(), token()).prop_map(|(of, token)| vec![O::Refresh(of, Token::Current), O::Refresh(of, token)]),
        1 => name().prop_map(move |who| vec![O::Register(who, right), O::Verify(latest(who)), O::LogIn(who, right)]),
        1 => (of(), choice()).prop_map(|(of, new)| {
            let wrong = O::Reauthenticate(of, Guess::Wrong, None);
            vec![wrong.clone(), wrong.clone(), wrong, O::ChangePassword(of, Guess::Right, new)]
        }),
        1 => name().prop_map(move |who| vec![O::Unlock(By::Root, who), O::LogIn(who, right)]),
        1 => (name(), select(&ROLES[..]), view()).prop_map(move |(who, role, view)| {
            vec![O::GiveRoles(By::Root, who, vec![role]), O::See(By::Holder(latest(who)), view)]
        }),
        1 => name().prop_map(move |who| {
            vec![O::SwitchOff(By::Root, who), O::LogIn(who, right), O::SwitchOn(By::Root, who), O::LogIn(who, right)]
        }),
    ]
}

/// Sequences of at most so many scenes, behind what brings people to where they begin.
pub(crate) fn sequences(scenes: usize) -> impl Strategy<Value = Vec<Operation>> {
    let standings = [standing(), standing(), standing()];
    (standings, vec(scene(), 1..=scenes)).prop_map(|(standings, scenes)| {
        let begun = NAMES.into_iter().zip(standings).flat_map(|(name, standing)| beginning(name, standing));
        begun.chain(scenes.into_iter().flatten()).collect()
    })
}
