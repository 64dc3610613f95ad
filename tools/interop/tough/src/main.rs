//! Reads targets with tough from a directory: `tough-read METADATA_URL TARGETS_URL ROOT TARGET…`, all URLs `file:`.
//! Prints `SHA256 TARGET` for each; exit code 4 when there is no such target, 3 when tough refuses.

use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use std::process::ExitCode;
use tough::{FilesystemTransport, RepositoryLoader, TargetName};
use url::Url;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match read(&args).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(4),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(3)
        }
    }
}

async fn read(args: &[String]) -> Result<bool, Box<dyn std::error::Error>> {
    let [metadata, targets, root, names @ ..] = args else {
        return Err("METADATA_URL TARGETS_URL ROOT TARGET…".into());
    };
    let root = std::fs::read(root)?;
    let repository = RepositoryLoader::new(&root, Url::parse(metadata)?, Url::parse(targets)?)
        .transport(FilesystemTransport)
        .load()
        .await?;
    let mut found = true;
    for name in names {
        let Some(mut stream) = repository.read_target(&TargetName::new(name)?).await? else {
            eprintln!("no target: {name}");
            found = false;
            continue;
        };
        let mut digest = Sha256::new();
        while let Some(bytes) = stream.next().await {
            digest.update(bytes?);
        }
        let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{hex} {name}");
    }
    Ok(found)
}
