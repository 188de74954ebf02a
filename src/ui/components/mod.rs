//! Widgets that several pages, panels and dialogs share and that know the application, in contrast to `widgets`.

pub mod certificate;
pub mod command_button;
pub mod completion;
pub mod drag_source;
pub mod logo;
pub mod model_list_row;
pub mod pixel_fields;
pub mod provider_name;
pub mod rating_badges;
pub mod request_cost;
pub mod size_picker;
pub mod status_dot;
pub mod thumbnail;
