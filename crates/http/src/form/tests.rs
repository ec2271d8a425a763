//! The form as a table: what comes in, what is said of it.

use super::*;
use actix_web::ResponseError as _;
use rstest::rstest;
use voxgate_domain::{DisplayName, EmailAddress};

type Values = (String, Option<String>, Option<bool>);

/// A form of a required address, an optional name and an optional switch.
fn read(body: &str) -> Result<Values, Vec<(String, String)>> {
    let read = || -> Result<_, Problem> {
        let mut form = Form::parse(body.as_bytes())?;
        let email = form.required("email", EmailAddress::parse);
        let name = form.optional("name", DisplayName::parse);
        let switch = form.optional_bool("switch");
        form.finish((email, name, switch))
    };
    match read() {
        Ok((email, name, switch)) => {
            Ok((email.normalized().to_owned(), name.map(|name| name.as_str().to_owned()), switch))
        }
        Err(problem) => Err(faults(&problem)),
    }
}

/// Field and code of every fault; of a problem that has none, its code.
fn faults(problem: &Problem) -> Vec<(String, String)> {
    if problem.status_code() != 422 {
        return vec![(String::new(), problem.to_string())];
    }
    let body: Value = serde_json::from_slice(&problem.render("request-1")).unwrap();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
    body["errors"].as_array().unwrap().iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
}

#[rstest]
#[case(r#"{}"#, &[("email", "required")])]
#[case(r#"{"email":null}"#, &[("email", "required")])]
#[case(r#"{"email":""}"#, &[("email", "required")])]
#[case(r#"{"email":7}"#, &[("email", "wrong_type")])]
#[case(r#"{"email":["a@example.org"]}"#, &[("email", "wrong_type")])]
#[case(r#"{"email":"nobody"}"#, &[("email", "malformed")])]
#[case(r#"{"email":"a@example.org","name":1}"#, &[("name", "wrong_type")])]
#[case(r#"{"email":"a@example.org","name":""}"#, &[("name", "required")])]
#[case(r#"{"email":"a@example.org","switch":"true"}"#, &[("switch", "wrong_type")])]
#[case(r#"{"email":"a@example.org","roles":["admin"]}"#, &[("roles", "unknown_field")])]
#[case(
    r#"{"email":"x","name":"nul\u0000","switch":1,"id":1,"status":"active"}"#,
    &[("email", "malformed"), ("name", "malformed"), ("switch", "wrong_type"), ("id", "unknown_field"), ("status", "unknown_field")]
)]
#[case("[]", &[("", "wrong_type")])]
#[case("null", &[("", "wrong_type")])]
#[case("\"text\"", &[("", "wrong_type")])]
#[case("{", &[("", "malformed_json")])]
#[case(r#"{"email":"a@example.org","email":"b@example.org"}"#, &[("", "malformed_json")])]
fn every_fault_is_listed_at_once(#[case] body: &str, #[case] expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(field, code)| ((*field).to_owned(), (*code).to_owned())).collect();
    assert_eq!(read(body), Err(expected));
}

#[rstest]
#[case(r#"{"email":"A@example.org"}"#, None, None)]
#[case(r#"{"email":"A@example.org","name":null,"switch":null}"#, None, None)]
#[case(r#"{"email":"A@example.org","name":" Ada ","switch":false}"#, Some("Ada"), Some(false))]
fn a_form_without_fault_gives_its_values(#[case] body: &str, #[case] name: Option<&str>, #[case] switch: Option<bool>) {
    assert_eq!(read(body), Ok(("a@example.org".to_owned(), name.map(str::to_owned), switch)));
}

#[test]
fn an_answer_does_not_grow_with_the_unknown_fields() {
    let many: Map<String, Value> = (0..5_000).map(|n| (format!("{n}{}", "x".repeat(500)), Value::Null)).collect();
    let faults = read(&Value::Object(many).to_string()).unwrap_err();
    assert_eq!(faults.len(), 1 + Form::MAX_UNKNOWN);
    assert!(faults.iter().all(|(field, _)| field.len() <= Form::MAX_NAME_CHARS));
}

/// A query of an optional name alone.
fn read_query(query: &str) -> Result<Option<String>, Vec<(String, String)>> {
    let mut form = Form::of_query(query);
    let name = form.optional("name", DisplayName::parse);
    form.finish((name,)).map(|(name,)| name.map(String::from)).map_err(|problem| faults(&problem))
}

#[rstest]
#[case("", None)]
#[case("name=Zo%C3%AB+K", Some("Zoë K"))]
#[case("name=a%26b", Some("a&b"))]
fn a_query_is_read_as_texts(#[case] query: &str, #[case] name: Option<&str>) {
    assert_eq!(read_query(query).unwrap().as_deref(), name);
}

#[rstest]
#[case("name=a&name=b", "name", "repeated")]
#[case("name=", "name", "required")]
#[case("name=%00", "name", "malformed")]
#[case("sort=name", "sort", "unknown_field")]
fn a_query_has_known_fields_once(#[case] query: &str, #[case] field: &str, #[case] code: &str) {
    assert_eq!(read_query(query).unwrap_err(), [(field.to_owned(), code.to_owned())]);
}

#[rstest]
#[case(r#"{"names":["Ada","Eve"]}"#, &[])]
#[case(r#"{"names":[]}"#, &[])]
#[case(r#"{}"#, &["required"])]
#[case(r#"{"names":null}"#, &["required"])]
#[case(r#"{"names":"Ada"}"#, &["wrong_type"])]
#[case(r#"{"names":["Ada",7]}"#, &["wrong_type"])]
#[case(r#"{"names":["Ada",""]}"#, &["required"])]
#[case(r#"{"names":["a","b","c"]}"#, &["too_long"])]
fn a_list_has_a_few_texts(#[case] body: &str, #[case] codes: &[&str]) {
    let mut form = Form::parse(body.as_bytes()).unwrap();
    let names = form.required_list("names", 2, DisplayName::parse);
    let found = form.finish((names,)).map_or_else(|problem| faults(&problem), |_| Vec::new());
    assert_eq!(found.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>(), codes);
}

#[rstest]
#[case("60", Some(60))]
#[case("60.0", Some(60))]
#[case("6e1", Some(60))]
#[case("18446744073709551615", Some(u64::MAX))]
#[case("60.5", None)]
#[case("-1", None)]
#[case("1e300", None)]
#[case("\"60\"", None)]
fn a_count_is_a_whole_number_however_it_is_written(#[case] number: &str, #[case] expected: Option<u64>) {
    let mut form = Form::parse(format!("{{\"seconds\":{number}}}").as_bytes()).unwrap();
    let seconds = form.optional_count("seconds");
    assert_eq!(form.finish((seconds,)).ok().and_then(|(seconds,)| seconds), expected);
}
