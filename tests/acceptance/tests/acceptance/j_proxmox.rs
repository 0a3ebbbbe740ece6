//! J: the Proxmox and Terraform system.

use crate::d_secrets::ignored;

#[test]
fn s129_access_files_are_ignored_by_git() {
    let files = ["kubeconfig", "talosconfig", "talos/clusterconfig/talosconfig"];
    assert_eq!(ignored(&files), files);
}
