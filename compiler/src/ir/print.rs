//! A program as text that people can read in snapshots and reviews.
