//! Icons by what they mean here. One character each, in Phosphor's private-use code points.

macro_rules! icons {
    ($($name:ident = $code:literal;)*) => {
        $(
            #[doc = concat!("Code point ", $code, " of Phosphor.")]
            pub const $name: &str = $code;
        )*
    };
}

icons! {
    SEARCH = "\u{e30c}";
    COMMAND = "\u{e1c4}";
    SETTINGS = "\u{e272}";
    THEME = "\u{e18c}";
    ADD = "\u{e3d4}";
    REMOVE = "\u{e4f6}";
    CHECK = "\u{e182}";
    DOWN = "\u{e136}";
    RIGHT = "\u{e13a}";
    WARNING = "\u{e4e0}";
    INFO = "\u{e2ce}";
    DONE = "\u{e184}";
    RETRY = "\u{e036}";
    REUSE = "\u{e08a}";
    UNDO = "\u{e038}";
    DELETE = "\u{e4a6}";
    COPY = "\u{e1ca}";
    COPY_TEXT = "\u{e198}";
    REVEAL = "\u{e256}";
    EXPORT = "\u{eaf0}";
    IMAGE = "\u{e2ca}";
    REFERENCE = "\u{e836}";
    BRUSH = "\u{e6f0}";
    EDIT = "\u{e6b6}";
    GENERATE = "\u{e6a2}";
    OPEN = "\u{e0a2}";
    BACK = "\u{e058}";
    FORWARD = "\u{e06c}";
    UP = "\u{e08e}";
    DOWNWARD = "\u{e03e}";
    BATCH = "\u{e466}";
    SELECT_ALL = "\u{e746}";
    SELECT_NONE = "\u{e69a}";
    INSPECTOR = "\u{ec24}";
    PROMPT = "\u{e3b4}";
    CANCEL = "\u{e46e}";
    KEYBOARD = "\u{e2d8}";
    MORE = "\u{e1fe}";
    LEFT = "\u{e138}";
    EXCHANGE = "\u{e1bc}";
    MINUS = "\u{e32a}";
    STAR = "\u{e46a}";
    FLAG = "\u{e244}";
    REJECT = "\u{e3de}";
    LABEL = "\u{e18a}";
    FILTER = "\u{e268}";
    STACK = "\u{e466}";
    GRID = "\u{e296}";
    BLIND = "\u{e224}";
    COLLECTION = "\u{e24a}";
    SMART = "\u{ebe0}";
    PAUSE = "\u{e39e}";
    PLAY = "\u{e3d0}";
    CLOCK = "\u{e19a}";
    TO_TOP = "\u{e066}";
    QUEUE = "\u{e6ac}";
    COINS = "\u{e78e}";
    CALENDAR = "\u{e108}";
    TABLE = "\u{e476}";
}
