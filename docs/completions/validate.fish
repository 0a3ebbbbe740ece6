# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_validate_global_optspecs
    string join \n color= q/quiet format= h/help V/version
end

function __fish_validate_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_validate_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_validate_using_subcommand
    set -l cmd (__fish_validate_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c validate -n "__fish_validate_needs_command" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_needs_command" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_needs_command" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_needs_command" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_needs_command" -f -a "config" -d 'Check cluster.yaml and nodes.yaml, and print the context that everything else is made from'
complete -c validate -n "__fish_validate_needs_command" -f -a "explain" -d 'Say what a key of cluster.yaml, a field of a node or a rule is'
complete -c validate -n "__fish_validate_needs_command" -f -a "schema" -d 'Print the JSON Schema of one of our formats'
complete -c validate -n "__fish_validate_needs_command" -f -a "sample" -d 'Print a commented cluster.yaml or nodes.yaml to fill in'
complete -c validate -n "__fish_validate_needs_command" -f -a "manifests" -d 'Check the manifests of a generated repository'
complete -c validate -n "__fish_validate_needs_command" -f -a "build" -d 'Build a kustomization as kustomize does, and what Flux makes of it'
complete -c validate -n "__fish_validate_needs_command" -f -a "graph" -d 'Draw what Flux applies and what depends on what'
complete -c validate -n "__fish_validate_needs_command" -f -a "diff" -d 'Show what changes in the cluster between two states of a repository'
complete -c validate -n "__fish_validate_needs_command" -f -a "versions" -d 'Print which versions go together, and check those of talenv.yaml'
complete -c validate -n "__fish_validate_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c validate -n "__fish_validate_needs_command" -f -a "man" -d 'Print the man page'
complete -c validate -n "__fish_validate_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c validate -n "__fish_validate_using_subcommand config" -l templates -d 'The folder of the catalogue' -r -F
complete -c validate -n "__fish_validate_using_subcommand config" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand config" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand config" -l check -d 'Check only, print no context'
complete -c validate -n "__fish_validate_using_subcommand config" -l fix -d 'Give keys with an older name the name of today, in the files themselves, and check them then; no other byte changes'
complete -c validate -n "__fish_validate_using_subcommand config" -l dry-run -d 'With --fix: only say what would be renamed'
complete -c validate -n "__fish_validate_using_subcommand config" -l strict -d 'Warnings count as problems'
complete -c validate -n "__fish_validate_using_subcommand config" -l reveal -d 'Show secret values on a terminal too'
complete -c validate -n "__fish_validate_using_subcommand config" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand config" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand explain" -l templates -d 'The folder of the catalogue' -r -F
complete -c validate -n "__fish_validate_using_subcommand explain" -l system -d 'The system whose catalogue it is' -r
complete -c validate -n "__fish_validate_using_subcommand explain" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand explain" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand explain" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand explain" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand schema" -s o -l output -d 'For import: where the schemas are written' -r -F
complete -c validate -n "__fish_validate_using_subcommand schema" -l templates -d 'The folder of the catalogue' -r -F
complete -c validate -n "__fish_validate_using_subcommand schema" -l system -d 'The system whose catalogue it is' -r
complete -c validate -n "__fish_validate_using_subcommand schema" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand schema" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand schema" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand schema" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand sample" -l templates -d 'The folder of the catalogue' -r -F
complete -c validate -n "__fish_validate_using_subcommand sample" -l system -d 'The system whose catalogue it is' -r
complete -c validate -n "__fish_validate_using_subcommand sample" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand sample" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand sample" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand sample" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand sample" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand manifests" -l root -d 'The repository\'s root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]' -r -F
complete -c validate -n "__fish_validate_using_subcommand manifests" -l entry -d 'The folder Flux starts from, relative to the root' -r -F
complete -c validate -n "__fish_validate_using_subcommand manifests" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document, with kubeconform\'s counts'
junit\t'JUnit XML, a case an object'
tap\t'TAP 13, a line an object'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand manifests" -l ignore-filename-pattern -d 'Files to leave out: a regular expression for their paths; repeatable' -r
complete -c validate -n "__fish_validate_using_subcommand manifests" -l kubernetes-version -d 'The version of Kubernetes [default: that of talos/talenv.yaml, else that of the catalogue]' -r
complete -c validate -n "__fish_validate_using_subcommand manifests" -l schema-location -d 'Where schemas are, tried in order: default (those in the program), a file or folder of CustomResourceDefinitions, a folder of JSON Schemas, or a template such as crds/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' -r
complete -c validate -n "__fish_validate_using_subcommand manifests" -l skip -d 'Kinds whose fields are not checked: Kind or group/version/Kind' -r
complete -c validate -n "__fish_validate_using_subcommand manifests" -l reject -d 'Kinds that must not be there: Kind or group/version/Kind' -r
complete -c validate -n "__fish_validate_using_subcommand manifests" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand manifests" -l strict -d 'Warnings fail the check too'
complete -c validate -n "__fish_validate_using_subcommand manifests" -l allow-empty -d 'Standard input may be empty'
complete -c validate -n "__fish_validate_using_subcommand manifests" -l summary -d 'Count as kubeconform does: valid, invalid, errors, skipped; JSON always has the counts'
complete -c validate -n "__fish_validate_using_subcommand manifests" -l verbose -d 'With JSON every object, not only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand manifests" -l ignore-missing-schemas -d 'Say nothing of kinds without schema'
complete -c validate -n "__fish_validate_using_subcommand manifests" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand manifests" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand manifests" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand build" -l kustomization -d 'Only what this Flux Kustomization applies: NAMESPACE/NAME, or NAME' -r
complete -c validate -n "__fish_validate_using_subcommand build" -l with -d 'Who builds' -r -f -a "ours\t'The one in this program'
kustomize\t'kustomize, which must be installed'"
complete -c validate -n "__fish_validate_using_subcommand build" -l kustomize-flag -d 'A flag for kustomize, such as --enable-helm; repeatable' -r
complete -c validate -n "__fish_validate_using_subcommand build" -l root -d 'The repository\'s root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]' -r -F
complete -c validate -n "__fish_validate_using_subcommand build" -l entry -d 'The folder Flux starts from, relative to the root' -r -F
complete -c validate -n "__fish_validate_using_subcommand build" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand build" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand build" -l flux -d 'Follow Flux from its entry to everything it applies'
complete -c validate -n "__fish_validate_using_subcommand build" -l lenient -d 'A variable without a value becomes empty text, as before Flux 2.9'
complete -c validate -n "__fish_validate_using_subcommand build" -l no-owner-labels -d 'Leave out the labels that name the Kustomization an object belongs to'
complete -c validate -n "__fish_validate_using_subcommand build" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand build" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand graph" -l format -d 'How it is drawn' -r -f -a "mermaid\t'For Markdown on GitHub and GitLab'
dot\t'For Graphviz'
svg\t'A picture for a README'
json\t'For programs: nodes and edges, with places'"
complete -c validate -n "__fish_validate_using_subcommand graph" -l theme -d 'The colours of the SVG' -r -f -a "auto\t'As whoever looks at it has set'
light\t'Dark on light'
dark\t'Light on dark'"
complete -c validate -n "__fish_validate_using_subcommand graph" -l root -d 'The repository\'s root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]' -r -F
complete -c validate -n "__fish_validate_using_subcommand graph" -l entry -d 'The folder Flux starts from, relative to the root' -r -F
complete -c validate -n "__fish_validate_using_subcommand graph" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand graph" -l all -d 'HelmReleases, sources, Secrets, Gateways and routes, too; JSON always has them'
complete -c validate -n "__fish_validate_using_subcommand graph" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand graph" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand graph" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand diff" -l format -d 'How it is shown' -r -f -a "human\t'For people: object by object, as unified differences'
markdown\t'For the comment of a pull request'
json\t'One JSON document'"
complete -c validate -n "__fish_validate_using_subcommand diff" -l strip-attr -d 'A label or annotation to leave out of the comparison; repeatable' -r
complete -c validate -n "__fish_validate_using_subcommand diff" -l limit-bytes -d 'The most bytes of a Markdown text; what is left out is counted' -r
complete -c validate -n "__fish_validate_using_subcommand diff" -l root -d 'The repository\'s root inside of each side' -r -F
complete -c validate -n "__fish_validate_using_subcommand diff" -l entry -d 'The folder Flux starts from, relative to the root' -r -F
complete -c validate -n "__fish_validate_using_subcommand diff" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand diff" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand diff" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand versions" -l templates -d 'The folder of the catalogue' -r -F
complete -c validate -n "__fish_validate_using_subcommand versions" -l system -d 'The system whose catalogue it is' -r
complete -c validate -n "__fish_validate_using_subcommand versions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand versions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand versions" -l check -d 'Check only, print no matrix'
complete -c validate -n "__fish_validate_using_subcommand versions" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand versions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand versions" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand completions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand completions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand completions" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand completions" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand man" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c validate -n "__fish_validate_using_subcommand man" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c validate -n "__fish_validate_using_subcommand man" -s q -l quiet -d 'Say only what is wrong'
complete -c validate -n "__fish_validate_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c validate -n "__fish_validate_using_subcommand man" -s V -l version -d 'Print version'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "config" -d 'Check cluster.yaml and nodes.yaml, and print the context that everything else is made from'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "explain" -d 'Say what a key of cluster.yaml, a field of a node or a rule is'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "schema" -d 'Print the JSON Schema of one of our formats'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "sample" -d 'Print a commented cluster.yaml or nodes.yaml to fill in'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "manifests" -d 'Check the manifests of a generated repository'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "build" -d 'Build a kustomization as kustomize does, and what Flux makes of it'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "graph" -d 'Draw what Flux applies and what depends on what'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "diff" -d 'Show what changes in the cluster between two states of a repository'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "versions" -d 'Print which versions go together, and check those of talenv.yaml'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "completions" -d 'Print shell completions'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "man" -d 'Print the man page'
complete -c validate -n "__fish_validate_using_subcommand help; and not __fish_seen_subcommand_from config explain schema sample manifests build graph diff versions completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
