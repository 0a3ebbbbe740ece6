# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_talosgen_global_optspecs
    string join \n color= q/quiet format= h/help V/version
end

function __fish_talosgen_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_talosgen_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_talosgen_using_subcommand
    set -l cmd (__fish_talosgen_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c talosgen -n "__fish_talosgen_needs_command" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_needs_command" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_needs_command" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_needs_command" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "talconfig" -d 'Print talconfig.yaml, made from the context on standard input'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "validate" -d 'Check a talconfig.yaml with its variables put in, or machine configurations'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "check" -d 'Check a talconfig.yaml with its variables put in, or machine configurations'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "gensecret" -d 'Print a new secrets bundle for a cluster'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "genconfig" -d 'Write the machine configurations of all nodes and the client configuration'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "patch" -d 'Apply patches to a machine configuration'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "image" -d 'Print what machines boot from and install: schematics, their IDs, URLs of images, values for META'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "diff" -d 'Show what differs between two outputs, document by document, without secrets'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "schema" -d 'Print the JSON Schema of talconfig.yaml or of machine configurations'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "man" -d 'Print the man page'
complete -c talosgen -n "__fish_talosgen_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -l patches -d 'The folder of patches; its parent is where talconfig.yaml belongs' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -l talenv -d 'The file with talosVersion and kubernetesVersion' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -s o -l output -d 'Write to FILE instead of standard output; a FILE that is right already is not touched' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand talconfig" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -s e -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -s m -l mode -d 'What the machines run on, for machine configurations' -r -f -a "metal\t''
cloud\t''
container\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -l schema -d 'Talos\'s JSON Schema, against which machine configurations are checked too' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -l with -d 'A program that checks machine configurations too' -r -f -a "talosctl\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -l strict -d 'Warnings fail the check too'
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand validate" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -s e -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -s m -l mode -d 'What the machines run on, for machine configurations' -r -f -a "metal\t''
cloud\t''
container\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -l schema -d 'Talos\'s JSON Schema, against which machine configurations are checked too' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -l with -d 'A program that checks machine configurations too' -r -f -a "talosctl\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -l strict -d 'Warnings fail the check too'
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand check" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -s f -l from-configfile -l from-controlplane-config -d 'Take the secrets out of a control plane\'s machine configuration' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -l from-kubernetes-pki -d 'Keep the authorities of a cluster that kubeadm made; KUBERNETES_BOOTSTRAP_TOKEN may hold its token' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -s o -l output -d 'Write to a new private FILE (0600) instead of standard output' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand gensecret" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s c -l config-file -d 'The talconfig; - is standard input (its paths are then relative to the current folder)' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s s -l secret-file -d 'Files with the secrets bundle; the last one that is there is taken' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s e -l env-file -d 'Files with variables; all that are there are read, a later one wins' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s o -l out-dir -d 'Where to write' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s m -l talos-mode -d 'What the machines run on, for the checks' -r -f -a "metal\t''
cloud\t''
container\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l crt-ttl -d 'How long the client certificate lives' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l role -d 'The role the client certificate gives' -r -f -a "os:admin\t''
os:operator\t''
os:reader\t''
os:etcd:backup\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l no-gitignore -d 'Do not write .gitignore'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s n -l dry-run -d 'Write nothing; show what would change, without secrets'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l stdout -d 'Print one stream of all documents instead of writing files'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l disable-nodes-section -d 'Do not list the nodes in talosconfig'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -l offline-mode -d 'Accepted for talhelper\'s sake: no network is ever used'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand genconfig" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -s p -l patch -d 'A patch, or @FILE with one; several are applied in order' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -s o -l output -d 'Write to a private FILE (0600) instead of standard output' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand patch" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s c -l config-file -d 'The talconfig whose nodes are meant, where it is there' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l env-file -d 'Files with variables for it; all that are there are read, a later one wins' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s n -l node -d 'Only this node: its host name or address' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l schematic -l customization-file -d 'A schematic instead of a talconfig\'s; - is standard input' -r -F
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s e -l extension -d 'A system extension, instead of a talconfig' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s k -l kernel-arg -d 'A kernel argument, instead of a talconfig' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l meta -d 'A value for META, or @FILE with one; key 10 is the network' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l link -d 'The name of the interface that a talconfig finds by a selector' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s v -l talos-version -d 'The Talos version [default: the talconfig\'s, or the newest known]' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s m -l mode -l talos-mode -d 'The platform: metal, nocloud, …' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s a -l arch -d 'The architecture' -r -f -a "amd64\t''
arm64\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l suffix -d 'The ending of a disk image' -r -f -a "raw.zst\t''
raw.xz\t''
raw.gz\t''
raw.tar.gz\t''
vhd.xz\t''
ova\t''
qcow2\t''
iso\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s r -l registry-url -d 'The host of the image factory' -r
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l network-meta -d 'META key 10 from each node\'s own interfaces, routes, host name and nameservers'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l secure-boot -l secureboot -d 'Images for Secure Boot'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l use-uki -d 'With Secure Boot: the unified kernel image in place of the CD image'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l register -d 'Register the schematics with the factory, and check that it gives the same IDs'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -l offline-mode -d 'Accepted for talhelper\'s sake: without --register no network is used'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand image" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand diff" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand diff" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand diff" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand diff" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand schema" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand schema" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand schema" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand schema" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand completions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand completions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand completions" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand completions" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand man" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c talosgen -n "__fish_talosgen_using_subcommand man" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c talosgen -n "__fish_talosgen_using_subcommand man" -s q -l quiet -d 'Say only what is wrong'
complete -c talosgen -n "__fish_talosgen_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c talosgen -n "__fish_talosgen_using_subcommand man" -s V -l version -d 'Print version'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "talconfig" -d 'Print talconfig.yaml, made from the context on standard input'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "validate" -d 'Check a talconfig.yaml with its variables put in, or machine configurations'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "gensecret" -d 'Print a new secrets bundle for a cluster'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "genconfig" -d 'Write the machine configurations of all nodes and the client configuration'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "patch" -d 'Apply patches to a machine configuration'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "image" -d 'Print what machines boot from and install: schematics, their IDs, URLs of images, values for META'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "diff" -d 'Show what differs between two outputs, document by document, without secrets'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "schema" -d 'Print the JSON Schema of talconfig.yaml or of machine configurations'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "completions" -d 'Print shell completions'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "man" -d 'Print the man page'
complete -c talosgen -n "__fish_talosgen_using_subcommand help; and not __fish_seen_subcommand_from talconfig validate gensecret genconfig patch image diff schema completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
