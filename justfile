# What developers do often. `just` lists it.

default:
    @just --list

# Serve on http://127.0.0.1:8000 with everything under var/
run *args:
    cargo run -- {{args}}

# What the README calls the test command: installs what the tests need on Debian, then runs them all
test *args:
    ./test.sh {{args}}

# Everything that CI runs
ci:
    bash .ci/run

# Format, lints, docs
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# The files under deploy/, by the tools that know them
check-deploy:
    deploy/check.sh

# Tries the API as each role, by its own OpenAPI document: `CONTRACT_FUZZ_EXAMPLES=200 just contract-fuzz` for long
contract-fuzz:
    cargo build --locked
    .ci/contract-fuzz

# Every fault, every race and the model, ten times in a row
matrix times="10":
    .ci/faults matrix {{times}}

# Drives the readers of outside bytes by coverage: `just fuzz 3600 texts` for an hour of one
fuzz *args:
    .ci/fuzz {{args}}

# Changes the rules or the use cases in hundreds of small ways, one by one, and lists those that no test of theirs notices:
# `just mutants`, `just mutants voxgate-application --shard 0/8`
mutants package="voxgate-domain" *args:
    cargo mutants --package {{package}} {{ if package == "voxgate-domain" { "--features serde,fixtures" } else { "" } }} {{args}}

# Which lines of the domain and of the use cases their own tests reach: `just coverage --html` for a page
coverage *args:
    cargo llvm-cov --locked --all-features --package voxgate-domain --package voxgate-application \
        --ignore-filename-regex '(fixtures|test_support|_tests|tests)' {{args}}

# What the binary is made of (CycloneDX), into target/sbom
sbom:
    deploy/release/sbom

# Whether two builds of the binary, in two folders, are the same bytes
reproduce:
    deploy/release/reproduce

# Whether the interface of voxgate-domain keeps what its version promises
semver:
    .ci/semver

# Secrets for deploy/compose.yaml, then the service with PostgreSQL, Redis and a mail catcher
compose:
    deploy/compose/make-secrets
    docker compose -f deploy/compose.yaml up --build --wait

# Write the OpenAPI document that is checked in
openapi:
    cargo run -q -- openapi > crates/http/openapi.json

# Write both clients anew from the OpenAPI document that is checked in: `just openapi clients` after a change of routes
clients:
    cargo run -q -p voxgate-client-codegen
    cd clients/typescript && npm ci --silent && npm run --silent generate

# Forget all local data, keys and mail
clean-data:
    rm -rf var
