//! Tests of the real program without a window, against scripted gateways on this machine.

mod commands;
mod crash_safety;
#[path = "../common/gateway.rs"]
mod gateway;
#[path = "../common/images.rs"]
mod images;
mod log;
mod network;
mod queue;
mod queue_stress;
mod secrets;
mod test_home;
#[path = "../common/tls.rs"]
mod tls;
mod visual_search;
