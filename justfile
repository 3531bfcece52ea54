# The tasks of this repository. CI runs `.ci/run`.

# everything that CI checks
ci:
    .ci/run

test *ARGS:
    cargo test --workspace {{ARGS}}

# accept the wording of snapshots after reading them
bless *NAME:
    INSTA_UPDATE=always cargo test --test corpus {{NAME}}
    git diff --stat -- tests/snapshots

# the numbers of docs/performance.md, in one table
bench:
    tools/bench

# remake the input of the example project from its seed
data:
    cargo run -p flow-example-data

# `cargo fmt` does not find the modules that a macro declares
fmt:
    git ls-files -z '*.rs' | xargs -0 rustfmt --edition 2024

# write the editors' words again, from the lists of compiler/front/src/syntax/constructs.rs
editors:
    cargo test --test editors -- --ignored write_the_words_of_today
    git diff --stat -- editors

lint:
    cargo fmt --all --check
    git ls-files -z '*.rs' | xargs -0 rustfmt --check --edition 2024
    cargo clippy --workspace --all-targets -- -D warnings

# licences, advisories and doubles of dependencies
deny:
    cargo deny check
