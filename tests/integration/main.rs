//! The integration tests: the real binary on real kernel objects, each test in its own sandbox.
//! One `mod` line a command, in alphabetical order. How a test is written stands in `sandbox.rs`.
#![cfg(test)]

mod change;
mod completion;
mod economy;
mod faces;
mod fifo_hold;
mod fifo_listen;
mod fifo_send;
mod help;
mod limits;
mod link;
mod ls;
mod msgq_bodies;
mod msgq_commands;
mod msgq_ends;
mod msgq_limits;
mod msgq_peek;
mod msgq_torture;
mod msgq_types;
mod ns;
mod pipe_commands;
mod pipe_live;
mod posix_msgq;
mod posix_sem;
mod posix_shm;
mod rm;
mod sandbox;
mod schema;
mod sem_create;
mod sem_hold;
mod sem_run;
mod sem_values;
mod sem_verbs;
mod shm;
mod show;
mod sig_ends;
mod sig_run;
mod sig_send;
mod sig_state;
mod sig_trap;
mod sig_trap_runs;
mod sources;
mod states;
mod structs;
mod usage;
