//! What every program must satisfy, whoever built it.
