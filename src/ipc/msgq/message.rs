//! What travels through a queue, and which of it a receiver wants.

/// What a message carries beside its body: System V a type, POSIX a priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Label {
    /// System V: 1 or more.
    pub kind: Option<i64>,
    /// POSIX: the highest is received first.
    pub priority: Option<u32>,
}

/// A message that stands in its room, behind the room's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Its type or priority.
    pub label: Label,
    /// The body's bytes.
    pub size: usize,
}

/// What came of looking for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in the room.
    Message(Message),
    /// The message whose turn it is has more bytes than the room; it stays in the queue.
    TooLong,
}

/// Which message a receiver wants, as msgop(2) has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selector {
    /// The first.
    #[default]
    Any,
    /// The first of this type.
    Type(i64),
    /// The first of the lowest type that is no higher than this.
    UpTo(i64),
    /// The first of any other type.
    Except(i64),
}

impl Selector {
    /// As `msgtyp` is read: 0 is any, a negative one an upper bound.
    pub fn from_msgtyp(msgtyp: i64) -> Selector {
        match msgtyp {
            0 => Selector::Any,
            1.. => Selector::Type(msgtyp),
            // The kernel takes the lowest number for the highest bound, too (linux/ipc/msg.c, convert_mode).
            _ => Selector::UpTo(msgtyp.checked_neg().unwrap_or(i64::MAX)),
        }
    }

    /// Whether a message of type `kind` is among the wanted ones.
    pub fn matches(self, kind: i64) -> bool {
        match self {
            Selector::Any => true,
            Selector::Type(wanted) => kind == wanted,
            Selector::UpTo(highest) => kind <= highest,
            Selector::Except(unwanted) => kind != unwanted,
        }
    }

    /// What is missing where no message matches.
    pub(super) fn missing(self) -> String {
        match self {
            Selector::Any => "the queue is empty".to_owned(),
            Selector::Type(wanted) => format!("no message of type {wanted} is there"),
            Selector::UpTo(highest) => format!("no message of a type up to {highest} is there"),
            Selector::Except(unwanted) => format!("no message of another type than {unwanted} is there"),
        }
    }
}

/// How a message is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Which.
    pub selector: Selector,
    /// Cut a body that is longer than the room; the rest of it is lost.
    pub cut: bool,
}

#[cfg(test)]
mod tests {
    use super::Selector;

    #[test]
    fn msgtyp_as_the_kernel_reads_it() {
        let table = [
            (0, Selector::Any),
            (7, Selector::Type(7)),
            (-3, Selector::UpTo(3)),
            (i64::MIN, Selector::UpTo(i64::MAX)),
        ];
        for (msgtyp, selector) in table {
            assert_eq!(Selector::from_msgtyp(msgtyp), selector);
        }
    }

    #[test]
    fn what_a_selector_wants() {
        let wanted = |selector: Selector| (1..=4).filter(|kind| selector.matches(*kind)).collect::<Vec<_>>();
        assert_eq!(wanted(Selector::Any), [1, 2, 3, 4]);
        assert_eq!(wanted(Selector::Type(2)), [2]);
        assert_eq!(wanted(Selector::UpTo(3)), [1, 2, 3]);
        assert_eq!(wanted(Selector::Except(2)), [1, 3, 4]);
    }
}
