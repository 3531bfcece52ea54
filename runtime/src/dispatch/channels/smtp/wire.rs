//! The bytes of a dialogue, and how many of them and how long each may take.
//!
//! Whoever answers may be broken or hostile: an answer without an end must not fill the memory, and one that comes a byte now and then must
//! not hold its thread. So an answer is bounded in bytes and in lines, and what a server may take is an instant by which all of it has to be
//! here, however many bytes came before. Encrypted or not, every byte passes through [`Timed`], which asks for the instant each time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use super::reply::Reply;

/// All lines of an answer together. RFC 5321 allows a line 512 bytes, and servers keep to that.
const ANSWER_MAX_BYTES: usize = 64 * 1024;
/// A greeting of the longest kind has some twenty.
const ANSWER_MAX_LINES: usize = 256;

/// What broke a dialogue off.
#[derive(Debug)]
pub(super) enum Fault {
    /// The system or the encryption said so; of kind [`io::ErrorKind::TimedOut`] where the instant has come.
    Io(io::Error),
    /// The other side is gone.
    Closed,
    /// An answer without an end.
    TooLong,
    /// More was said in the clear than the word after which everything is encrypted.
    TooEarly,
    /// An answer that does not begin with three digits, here as it was.
    NoReply(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        match error.kind() {
            ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof => Fault::Closed,
            _ => Fault::Io(error),
        }
    }
}

/// How connections are encrypted, and for whom the certificate must be.
#[derive(Clone)]
pub(super) struct Encryption {
    pub(super) config: Arc<ClientConfig>,
    pub(super) name: ServerName<'static>,
}

/// The line to a server.
pub(super) struct Wire {
    stream: BufReader<Stream>,
}

impl Wire {
    /// Looks for the server under all of its addresses, each of which gets its share of the time.
    pub(super) fn connect(host: &str, port: u16, by: Instant) -> Result<Wire, Fault> {
        let mut addresses = (host, port).to_socket_addrs()?;
        let mut last = io::Error::other("its name leads to no address");
        while let Some(address) = addresses.next() {
            let shares = u32::try_from(addresses.size_hint().0 + 1).unwrap_or(u32::MAX);
            match TcpStream::connect_timeout(&address, left(by)? / shares) {
                Ok(stream) => {
                    // Every write is a whole command or a whole message: nothing is won by holding one back.
                    stream.set_nodelay(true)?;
                    return Ok(Wire { stream: BufReader::new(Stream::Clear(Timed { stream, by })) });
                }
                Err(error) => last = error,
            }
        }
        Err(Fault::Io(last))
    }

    /// What is said from here on is encrypted, once both sides have agreed on it, which the next write or read sees to.
    pub(super) fn encrypt(self, Encryption { config, name }: &Encryption) -> Result<Wire, Fault> {
        // What was sent ahead in the clear might be taken for the server's encrypted word.
        if !self.stream.buffer().is_empty() {
            return Err(Fault::TooEarly);
        }
        let Stream::Clear(timed) = self.stream.into_inner() else {
            return Err(Fault::Io(io::Error::other("the connection is encrypted already")));
        };
        let connection = ClientConnection::new(Arc::clone(config), name.clone()).map_err(io::Error::other)?;
        Ok(Wire { stream: BufReader::new(Stream::Encrypted(Box::new(StreamOwned::new(connection, timed)))) })
    }

    /// The instant by which all that is said from here on has to be over.
    pub(super) fn end_by(&mut self, by: Instant) {
        self.stream.get_mut().timed().by = by;
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let stream = self.stream.get_mut();
        stream.write_all(bytes)?;
        Ok(stream.flush()?)
    }

    /// The next answer. Its three digits say what it means (RFC 5321, 4.2); the text may be in any encoding.
    pub(super) fn read(&mut self) -> Result<Reply, Fault> {
        let (mut left_bytes, mut lines) = (ANSWER_MAX_BYTES, Vec::new());
        let mut first_code = None;
        while lines.len() < ANSWER_MAX_LINES {
            let line = self.read_line(left_bytes)?;
            left_bytes -= line.len();
            let Some((code, is_last, text)) = parts(&line) else { return Err(Fault::NoReply(readable(&line))) };
            if *first_code.get_or_insert(code) != code {
                return Err(Fault::NoReply(readable(&line)));
            }
            lines.push(readable(text));
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
        Err(Fault::TooLong)
    }

    fn read_line(&mut self, most: usize) -> Result<Vec<u8>, Fault> {
        let mut line = Vec::new();
        self.stream.by_ref().take(most as u64).read_until(b'\n', &mut line)?;
        match line.last() {
            Some(b'\n') => Ok(line),
            _ if line.len() == most => Err(Fault::TooLong),
            _ => Err(Fault::Closed),
        }
    }
}

/// The digits of a line, whether it is the last of its answer, and its text.
fn parts(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let line = line.trim_ascii_end();
    let (digits, rest) = line.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) || !matches!(digits.first(), Some(b'2'..=b'5')) {
        return None;
    }
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    match rest.split_first() {
        None => Some((code, true, rest)),
        Some((b' ', text)) => Some((code, true, text)),
        Some((b'-', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

/// The text of a line, with an escape such as `\xe9` for each byte that is not UTF-8.
fn readable(bytes: &[u8]) -> String {
    let chunk = |chunk: std::str::Utf8Chunk<'_>| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii());
    bytes.trim_ascii_end().utf8_chunks().map(chunk).collect()
}

enum Stream {
    Clear(Timed),
    Encrypted(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Stream {
    fn timed(&mut self) -> &mut Timed {
        match self {
            Stream::Clear(timed) => timed,
            Stream::Encrypted(stream) => &mut stream.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Clear(stream) => stream.read(into),
            Stream::Encrypted(stream) => stream.read(into),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Clear(stream) => stream.write(bytes),
            Stream::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Clear(stream) => stream.flush(),
            Stream::Encrypted(stream) => stream.flush(),
        }
    }
}

/// A connection whose reads and writes end at an instant, each and all together.
struct Timed {
    stream: TcpStream,
    by: Instant,
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.by)?))?;
        self.stream.read(into).map_err(in_time)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.by)?))?;
        self.stream.write(bytes).map_err(in_time)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Which one a timeout gives depends on the system.
fn in_time(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}

/// How much time there is; none is an error, since the system takes it for no bound at all.
fn left(by: Instant) -> io::Result<Duration> {
    by.checked_duration_since(now()).filter(|left| !left.is_zero()).ok_or_else(|| io::ErrorKind::TimedOut.into())
}

/// The instant that lies so far ahead, at most a day.
pub(super) fn ahead(by: Duration) -> Instant {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    now() + by.min(DAY)
}

/// By a clock that nobody sets, for the patience with a server alone: no result depends on when it is asked.
#[expect(clippy::disallowed_methods, reason = "how long a server takes is told by a clock that nobody sets")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_line_decide_and_its_text_is_shown() {
        for (line, code, is_last, text) in [
            (&b"250 2.0.0 ok\r\n"[..], 250, true, "2.0.0 ok"),
            (b"250-first\r\n", 250, false, "first"),
            (b"250\r\n", 250, true, ""),
            (b"354 go on\n", 354, true, "go on"),
            (b"250 gr\xfc\xdfe \xe2\x82\xac\r\n", 250, true, "gr\\xfc\\xdfe \u{20ac}"),
        ] {
            let (found, last, shown) = parts(line).unwrap();
            assert_eq!((found, last, readable(shown).as_str()), (code, is_last, text));
        }
        for line in [&b"\r\n"[..], b"25\r\n", b"hello?\r\n", b"2500 ok\r\n", b"150 ok\r\n", b"\xff\xfe\xfd ok\r\n"] {
            assert_eq!(parts(line), None, "{line:?}");
        }
    }
}
