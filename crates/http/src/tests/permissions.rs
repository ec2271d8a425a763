//! Who may call what needs a permission.

use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpResponse, web};
use voxgate_domain::ports::{MockAuditLog, MockStore, MockUnitOfWork, StoreError};

use super::{Answered, PUBLIC_URL, answer, answer_over, json, read, services, settings, with_token};
use crate::Readiness;
use crate::extract::{Authenticated, Permit, UsersRead};
use crate::middleware::observe;
use crate::state::State;

/// A store whose one transaction records as `recorded` says, for events of this name.
fn recording(event: &'static str, recorded: fn() -> Result<(), StoreError>) -> MockStore {
    let mut audit = MockAuditLog::new();
    audit.expect_record().withf(move |recorded| recorded.act.name() == event).times(1).returning(move |_| recorded());
    let mut unit = MockUnitOfWork::new();
    unit.expect_audit().return_var(Box::new(audit));
    unit.expect_commit().returning(|| Ok(()));
    let mut unit = Some(unit);
    let mut store = MockStore::new();
    store.expect_begin().times(1).returning(move || Ok(Box::new(unit.take().unwrap())));
    store
}

fn list() -> TestRequest {
    with_token(TestRequest::get().uri("/users"))
}

#[actix_web::test]
async fn without_the_permission_it_is_403_and_audited() {
    let answered = answer_over(recording("access.denied", || Ok(())), list()).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (403, "forbidden"));
    assert_eq!(answered.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn a_refusal_that_cannot_be_audited_is_a_refusal_still() {
    let broken = recording("access.denied", || Err(StoreError::Unavailable("disk full".into())));
    assert_eq!(answer_over(broken, list()).await.status, 503);
}

#[actix_web::test]
async fn nobody_learns_what_is_wrong_with_a_body_that_they_may_not_send() {
    let invite = json(with_token(TestRequest::post().uri("/users")), "{broken");
    let answered = answer_over(recording("access.denied", || Ok(())), invite).await;
    assert_eq!(answered.problem(), "forbidden");
}

#[actix_web::test]
async fn what_is_no_id_of_a_user_is_left_to_its_own_route() {
    for path in ["/users/account", "/users/email"] {
        let answered = answer(with_token(TestRequest::get().uri(path))).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (405, "method_not_allowed"), "{path}");
    }
    let answered = answer(with_token(TestRequest::get().uri("/users/4711"))).await;
    assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "not_found"));
}

async fn rogue(_: Permit<UsersRead>) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn lax(_: Authenticated) -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// The answer of routes that are not what the document says.
async fn undeclared(request: TestRequest) -> Answered {
    let state = State::new(services(MockStore::new()), settings(PUBLIC_URL), Readiness::default()).unwrap();
    let app = App::new()
        .app_data(web::Data::new(state))
        .route("/rogue", web::get().to(rogue))
        .route("/roles", web::get().to(rogue))
        .route("/users", web::get().to(lax))
        .wrap(from_fn(observe));
    let response = init_service(app).await.call(with_token(request).to_request()).await;
    read(response.map(ServiceResponse::map_into_boxed_body)).await
}

#[actix_web::test]
async fn a_handler_that_asks_for_something_else_than_its_route_declares_fails_closed() {
    for path in ["/rogue", "/roles", "/users"] {
        let answered = undeclared(TestRequest::get().uri(path)).await;
        assert_eq!(answered.problem(), "internal_error", "{path}");
    }
}
