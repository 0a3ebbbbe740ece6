//! One machine: what it runs, in which stage it is, and what it would tell of itself.

use std::time::Duration;

/// The version of Talos that machines run when nothing else is said.
pub const TALOS: &str = "v1.13.0";

/// The schematic of all machines when nothing else is said.
pub const SCHEMATIC: &str = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d608b4ba";

/// A stage, as Talos names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waits for a configuration.
    Maintenance,
    /// Has one, and waits for what it needs.
    Booting,
    /// Runs.
    Running,
    /// Goes down to come back.
    Rebooting,
    /// Goes down.
    ShuttingDown,
    /// Nobody answers.
    Off,
}

impl Stage {
    /// The stage in the resource `MachineStatus`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Maintenance => "maintenance",
            Self::Booting => "booting",
            Self::Running => "running",
            Self::Rebooting => "rebooting",
            Self::ShuttingDown => "shutting down",
            Self::Off => "unknown",
        }
    }

    /// The stage in events.
    pub fn number(self) -> i32 {
        match self {
            Self::Off => 0,
            Self::Booting => 1,
            Self::Maintenance => 3,
            Self::Running => 4,
            Self::Rebooting => 5,
            Self::ShuttingDown => 6,
        }
    }
}

/// What is installed on a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The version of Talos, with its v.
    pub version: String,
    /// The ID of its schematic.
    pub schematic: String,
}

impl Default for System {
    fn default() -> Self {
        Self { version: TALOS.to_owned(), schematic: SCHEMATIC.to_owned() }
    }
}

impl System {
    /// What an installer's image would install: `factory.talos.dev/installer/SCHEMATIC:VERSION`.
    pub fn of_image(image: &str) -> Self {
        let (name, version) = image.rsplit_once(':').unwrap_or((image, TALOS));
        let schematic = name.rsplit('/').next().filter(|last| last.len() == 64).unwrap_or(SCHEMATIC);
        Self { version: version.to_owned(), schematic: schematic.to_owned() }
    }
}

/// A member of etcd.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its ID.
    pub id: u64,
    /// Its process runs on the machine. A member whose data is lost stays in the list and never answers.
    pub alive: bool,
    /// It has no vote yet.
    pub learner: bool,
}

/// What a reset takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiping {
    /// etcd hears of it.
    pub graceful: bool,
    /// The configuration goes.
    pub state: bool,
    /// Everything goes.
    pub disk: bool,
}

/// An event, encoded, with the actor it belongs to.
#[derive(Debug, Clone)]
pub struct Happening {
    /// `machine.TaskEvent`
    pub kind: &'static str,
    /// The message.
    pub value: Vec<u8>,
    /// What it belongs to.
    pub actor: String,
}

/// A machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The name it has, which is its configuration's only when that reached the right machine.
    pub hostname: String,
    /// Where it answers; port 50000.
    pub address: String,
    /// Whether its configuration says so.
    pub controller: bool,
    /// Its stage.
    pub stage: Stage,
    /// What runs.
    pub running: System,
    /// What the next boot starts.
    pub installed: System,
    /// Its configuration.
    pub config: Option<Vec<u8>>,
    /// What the next boot makes its configuration.
    pub staged: Option<Vec<u8>>,
    /// Its member of etcd.
    pub member: Option<Member>,
    /// Cordoned in Kubernetes.
    pub cordoned: bool,
    /// How often it booted.
    pub boots: u32,
    /// Counts the times its connections were cut.
    pub epoch: u64,
    /// What happened since the last boot.
    pub events: Vec<Happening>,
    /// How many listen for them now.
    pub listeners: usize,
    /// How many events somebody has been told.
    pub told: usize,
    /// How long it is away when it reboots.
    pub boot_time: Duration,
    /// What is wiped when it goes down.
    pub wiping: Option<Wiping>,
    /// The disk is empty: it does not boot again.
    pub wiped: bool,
}

impl Machine {
    /// A machine that waits for its configuration.
    pub fn new(hostname: &str, address: &str, controller: bool) -> Self {
        Self {
            hostname: hostname.to_owned(),
            address: address.to_owned(),
            controller,
            stage: Stage::Maintenance,
            running: System::default(),
            installed: System::default(),
            config: None,
            staged: None,
            member: None,
            cordoned: false,
            boots: 1,
            epoch: 0,
            events: Vec::new(),
            listeners: 0,
            told: 0,
            boot_time: Duration::from_millis(120),
            wiping: None,
            wiped: false,
        }
    }

    /// Its connections break, and with its last boot go the events since.
    pub(crate) fn is_cut(&mut self) {
        self.epoch += 1;
        self.events.clear();
        self.told = 0;
    }

    /// Whether its API answers.
    pub fn is_up(&self) -> bool {
        !matches!(self.stage, Stage::Off)
    }

    /// Whether it has left maintenance mode.
    pub fn is_configured(&self) -> bool {
        self.config.is_some()
    }

    /// Whether its member of etcd answers and votes.
    pub fn has_etcd(&self) -> bool {
        let member = self.member.as_ref();
        self.stage == Stage::Running && member.is_some_and(|member| member.alive && !member.learner)
    }

    /// What `/proc/sys/kernel/random/boot_id` holds.
    pub fn boot_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012}", self.boots)
    }
}
