# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_nodeop_global_optspecs
    string join \n color= q/quiet format= h/help V/version
end

function __fish_nodeop_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_nodeop_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_nodeop_using_subcommand
    set -l cmd (__fish_nodeop_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c nodeop -n "__fish_nodeop_needs_command" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_needs_command" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_needs_command" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_needs_command" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "status" -d 'Show nodes, Talos versions and health of exactly the configured machines'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "apply" -d 'Send machines their configuration'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "kubeconfig" -d 'Write the access file of Kubernetes'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "talosconfig" -d 'Write an access file of Talos with a new certificate'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "drift" -d 'Show what differs between the generated configurations and the machines\''
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "reboot" -d 'Restart machines'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "shutdown" -d 'Turn machines off'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "upgrade" -d 'Upgrade Talos to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "upgrade-k8s" -d 'Upgrade Kubernetes to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "health" -d 'Ask whether the cluster is healthy'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "bootstrap" -d 'Bring up a new cluster'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "reset" -d 'Take machines out of the cluster, back to maintenance mode'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "etcd" -d 'Look at etcd, or save its data'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "reconcile" -d 'Have Flux read the repository now'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "debug" -d 'List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "plan" -d 'Make a plan of an operation: what would be done, to which machine, in which order'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "run" -d 'Run a plan that was made before'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "schema" -d 'Print the JSON Schema of a format'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "man" -d 'Print the man page'
complete -c nodeop -n "__fish_nodeop_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l wait-timeout -d 'How long health may take to become good, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l timeout -d 'How long any other command may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -s o -l output -d 'How results are written: YAML documents or JSON lines' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -l dry-run -l dry -d 'Print the commands that would run, and run none'
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand status" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s m -l mode -d 'How the configuration takes effect [default: auto]' -r -f -a "auto\t'Talos decides whether it must restart'
no-reboot\t'At once; refused when a restart is needed'
reboot\t'With a restart'
staged\t'With the next restart'
try\t'At once, and undone after a minute'"
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s i -l insecure -d 'To machines in maintenance mode, whose identity nothing proves yet'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand apply" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand kubeconfig" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l for -d 'What it may do: os:admin, os:operator, os:reader, os:etcd:backup' -r -f -a "os:admin\t''
os:operator\t''
os:reader\t''
os:etcd:backup\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l hours -d 'How long its certificate lives, in hours' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand talosconfig" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand drift" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s m -l mode -d 'How it restarts [default: default]' -r -f -a "default\t'By kexec where it can'
powercycle\t'Through the firmware'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand reboot" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l force -d 'Without cordon and drain'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand shutdown" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand upgrade-k8s" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l wait-timeout -d 'How long it may take to become good, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand health" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -f -a "talos" -d 'Configure the machines in maintenance mode, start etcd once, write the kubeconfig'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -f -a "apps" -d 'Install what must be there before Flux: namespaces, secrets, CRDs, CNI, DNS, Flux'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and not __fish_seen_subcommand_from talos apps help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from talos" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from apps" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from help" -f -a "talos" -d 'Configure the machines in maintenance mode, start etcd once, write the kubeconfig'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from help" -f -a "apps" -d 'Install what must be there before Flux: namespaces, secrets, CRDs, CNI, DNS, Flux'
complete -c nodeop -n "__fish_nodeop_using_subcommand bootstrap; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l graceful -d 'Cordon, drain and leave etcd before [default: true, but false for the whole cluster]' -r -f -a "true\t''
false\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l shutdown -d 'Turn it off afterwards instead of restarting it'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l wipe-disk -d 'Wipe the whole system disk: a machine that cannot boot from the network does not come back'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand reset" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -f -a "snapshot" -d 'Save etcd\'s data to a file'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -f -a "members" -d 'List etcd\'s members'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -f -a "status" -d 'Show the state of etcd on every controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -f -a "defrag" -d 'Give the space that etcd no longer uses back to the disk, one controller after the other'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and not __fish_seen_subcommand_from snapshot members status defrag help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l keep -d 'How many snapshots stay in backups/etcd' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s n -l node -d 'The controller it is taken from [default: the first]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from snapshot" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from members" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from defrag" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from help" -f -a "snapshot" -d 'Save etcd\'s data to a file'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from help" -f -a "members" -d 'List etcd\'s members'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show the state of etcd on every controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from help" -f -a "defrag" -d 'Give the space that etcd no longer uses back to the disk, one controller after the other'
complete -c nodeop -n "__fish_nodeop_using_subcommand etcd; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand reconcile" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand debug" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "apply" -d 'Send machines their configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "kubeconfig" -d 'Write the access file of Kubernetes'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "talosconfig" -d 'Write an access file of Talos with a new certificate'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "drift" -d 'Show what differs between the generated configurations and the machines\''
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "reboot" -d 'Restart machines'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "shutdown" -d 'Turn machines off'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "upgrade" -d 'Upgrade Talos to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "upgrade-k8s" -d 'Upgrade Kubernetes to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "health" -d 'Ask whether the cluster is healthy'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "bootstrap" -d 'Bring up a new cluster'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "reset" -d 'Take machines out of the cluster, back to maintenance mode'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "etcd" -d 'Look at etcd, or save its data'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "reconcile" -d 'Have Flux read the repository now'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "debug" -d 'List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and not __fish_seen_subcommand_from apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s m -l mode -d 'How the configuration takes effect [default: auto]' -r -f -a "auto\t'Talos decides whether it must restart'
no-reboot\t'At once; refused when a restart is needed'
reboot\t'With a restart'
staged\t'With the next restart'
try\t'At once, and undone after a minute'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s i -l insecure -d 'To machines in maintenance mode, whose identity nothing proves yet'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from apply" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from kubeconfig" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l for -d 'What it may do: os:admin, os:operator, os:reader, os:etcd:backup' -r -f -a "os:admin\t''
os:operator\t''
os:reader\t''
os:etcd:backup\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l hours -d 'How long its certificate lives, in hours' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from talosconfig" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from drift" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s m -l mode -d 'How it restarts [default: default]' -r -f -a "default\t'By kexec where it can'
powercycle\t'Through the firmware'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reboot" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l force -d 'Without cordon and drain'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from shutdown" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l accept-etcd-outage -d 'Go on although etcd cannot spare a controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from upgrade-k8s" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l wait-timeout -d 'How long it may take to become good, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from health" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -f -a "talos" -d 'Configure the machines in maintenance mode, start etcd once, write the kubeconfig'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -f -a "apps" -d 'Install what must be there before Flux: namespaces, secrets, CRDs, CNI, DNS, Flux'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from bootstrap" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s n -l node -d 'Only this machine, by host name or address; may be given several times' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l role -d 'Only machines of this role' -r -f -a "controlplane\t'Runs etcd and the API server'
worker\t'Runs work'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l graceful -d 'Cordon, drain and leave etcd before [default: true, but false for the whole cluster]' -r -f -a "true\t''
false\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l parallel -d 'How many workers may be worked on at once; controllers are worked on alone' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l timeout -d 'How long a command on one machine may take, in seconds [default: as the operation needs]' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l shutdown -d 'Turn it off afterwards instead of restarting it'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l wipe-disk -d 'Wipe the whole system disk: a machine that cannot boot from the network does not come back'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reset" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -f -a "snapshot" -d 'Save etcd\'s data to a file'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -f -a "members" -d 'List etcd\'s members'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -f -a "status" -d 'Show the state of etcd on every controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -f -a "defrag" -d 'Give the space that etcd no longer uses back to the disk, one controller after the other'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from etcd" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from reconcile" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from debug" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "apply" -d 'Send machines their configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "kubeconfig" -d 'Write the access file of Kubernetes'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "talosconfig" -d 'Write an access file of Talos with a new certificate'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "drift" -d 'Show what differs between the generated configurations and the machines\''
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "reboot" -d 'Restart machines'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "shutdown" -d 'Turn machines off'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "upgrade" -d 'Upgrade Talos to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "upgrade-k8s" -d 'Upgrade Kubernetes to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "health" -d 'Ask whether the cluster is healthy'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "bootstrap" -d 'Bring up a new cluster'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Take machines out of the cluster, back to maintenance mode'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "etcd" -d 'Look at etcd, or save its data'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "reconcile" -d 'Have Flux read the repository now'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "debug" -d 'List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods'
complete -c nodeop -n "__fish_nodeop_using_subcommand plan; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l talconfig -d 'The configuration that names the machines' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l talenv -d 'The file of variables [default: talenv.yaml beside the talconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l talosconfig -d 'Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l kubeconfig -d 'Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]' -r -F
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l confirm -d 'The cluster\'s name: answers every question, also before what destroys' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l question-timeout -d 'How long one look at a machine or the API server may take, in seconds' -r
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -s o -l output -d 'How results are written: YAML documents, or JSON lines with events of what steps are about' -r -f -a "yaml\t'A stream of documents'
json\t'An object a line'"
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -s y -l yes -d 'Answer yes to the question; what destroys wants --confirm'
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -l dry-run -l dry -d 'Print the plan, and start no program'
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand run" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand schema" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand schema" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand schema" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand schema" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand completions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand completions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand completions" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand completions" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand man" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c nodeop -n "__fish_nodeop_using_subcommand man" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c nodeop -n "__fish_nodeop_using_subcommand man" -s q -l quiet -d 'Say only what is wrong'
complete -c nodeop -n "__fish_nodeop_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c nodeop -n "__fish_nodeop_using_subcommand man" -s V -l version -d 'Print version'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "status" -d 'Show nodes, Talos versions and health of exactly the configured machines'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "apply" -d 'Send machines their configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "kubeconfig" -d 'Write the access file of Kubernetes'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "talosconfig" -d 'Write an access file of Talos with a new certificate'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "drift" -d 'Show what differs between the generated configurations and the machines\''
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "reboot" -d 'Restart machines'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "shutdown" -d 'Turn machines off'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "upgrade" -d 'Upgrade Talos to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "upgrade-k8s" -d 'Upgrade Kubernetes to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "health" -d 'Ask whether the cluster is healthy'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "bootstrap" -d 'Bring up a new cluster'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "reset" -d 'Take machines out of the cluster, back to maintenance mode'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "etcd" -d 'Look at etcd, or save its data'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "reconcile" -d 'Have Flux read the repository now'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "debug" -d 'List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "plan" -d 'Make a plan of an operation: what would be done, to which machine, in which order'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "run" -d 'Run a plan that was made before'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "schema" -d 'Print the JSON Schema of a format'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "completions" -d 'Print shell completions'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "man" -d 'Print the man page'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and not __fish_seen_subcommand_from status apply kubeconfig talosconfig drift reboot shutdown upgrade upgrade-k8s health bootstrap reset etcd reconcile debug plan run schema completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from bootstrap" -f -a "talos" -d 'Configure the machines in maintenance mode, start etcd once, write the kubeconfig'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from bootstrap" -f -a "apps" -d 'Install what must be there before Flux: namespaces, secrets, CRDs, CNI, DNS, Flux'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from etcd" -f -a "snapshot" -d 'Save etcd\'s data to a file'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from etcd" -f -a "members" -d 'List etcd\'s members'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from etcd" -f -a "status" -d 'Show the state of etcd on every controller'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from etcd" -f -a "defrag" -d 'Give the space that etcd no longer uses back to the disk, one controller after the other'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "apply" -d 'Send machines their configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "kubeconfig" -d 'Write the access file of Kubernetes'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "talosconfig" -d 'Write an access file of Talos with a new certificate'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "drift" -d 'Show what differs between the generated configurations and the machines\''
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "reboot" -d 'Restart machines'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "shutdown" -d 'Turn machines off'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "upgrade" -d 'Upgrade Talos to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "upgrade-k8s" -d 'Upgrade Kubernetes to the version of the configuration'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "health" -d 'Ask whether the cluster is healthy'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "bootstrap" -d 'Bring up a new cluster'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "reset" -d 'Take machines out of the cluster, back to maintenance mode'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "etcd" -d 'Look at etcd, or save its data'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "reconcile" -d 'Have Flux read the repository now'
complete -c nodeop -n "__fish_nodeop_using_subcommand help; and __fish_seen_subcommand_from plan" -f -a "debug" -d 'List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods'
