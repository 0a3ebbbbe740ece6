# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_secrets_global_optspecs
    string join \n color= q/quiet format= verbose disable-version-check check-for-updates decryption-order= enable-local-keyservice= h/help V/version
end

function __fish_secrets_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_secrets_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_secrets_using_subcommand
    set -l cmd (__fish_secrets_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c secrets -n "__fish_secrets_needs_command" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_needs_command" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_needs_command" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_needs_command" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_needs_command" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_needs_command" -l verbose
complete -c secrets -n "__fish_secrets_needs_command" -l disable-version-check
complete -c secrets -n "__fish_secrets_needs_command" -l check-for-updates
complete -c secrets -n "__fish_secrets_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_needs_command" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "encrypt" -d 'Encrypt the values that .sops.yaml chooses'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "decrypt" -d 'Decrypt a file and verify its integrity code'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "check" -d 'Find files that are not encrypted but should be'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "keygen" -d 'Make an age key, a deploy key or a token'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "create" -d 'Make an encrypted Kubernetes Secret'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "edit" -d 'Edit an encrypted file in the editor'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "set" -d 'Set one value of an encrypted file'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "unset" -d 'Remove one value of an encrypted file'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "rotate" -d 'Encrypt a file under a new data key'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "updatekeys" -d 'Make the recipients of files what .sops.yaml says'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "filestatus" -d 'Tell whether a file is encrypted, as JSON'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "recipients" -d 'List who can read files'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "exec-env" -d 'Run a command with the decrypted values in its environment'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "exec-file" -d 'Run a command with a private file of the decrypted text'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "diff" -d 'Show what differs between two versions of an encrypted file'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "completions" -d 'Print shell completions'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "man" -d 'Print the man page'
complete -c secrets -n "__fish_secrets_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l output -d 'Write the result to a file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l filename-override -d 'The name to use for FILE: rules are chosen by it' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l output-type -d 'The format to write: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l config -d 'The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -s a -l age -d 'Encrypt for these recipients (comma separated) in place of the configuration\'s [default: SOPS_AGE_RECIPIENTS]' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l encrypted-regex -d 'Encrypt what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l unencrypted-regex -d 'Leave readable what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l encrypted-suffix -d 'Encrypt what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l unencrypted-suffix -d 'Leave readable what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l encrypted-comment-regex -d 'Encrypt what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l unencrypted-comment-regex -d 'Leave readable what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l indent -d 'Indentation of the sops block, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l shamir-secret-sharing-threshold -d 'The threshold to record, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l reuse -d 'Keep what did not change since this encrypted file (which may be absent)' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l reuse-from -d 'Keep what did not change since the file of the same name below DIR (where it may be absent)' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l reuse-git -d 'Keep what did not change since the file\'s version in a git revision (in which it may be absent)' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -s i -l in-place -d 'Write the results back to their files: all of them, or none'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l allow-empty -d 'Accept empty standard input, and give nothing for it'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l mac-only-encrypted -d 'Let the integrity code cover encrypted values only'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l reencrypt -d 'Encrypt anew where the file to reuse cannot be decrypted or was altered'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand encrypt" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l output -d 'Write the result to a file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l filename-override -d 'The name to use for FILE: rules are chosen by it' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l output-type -d 'The format to write: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l extract -d 'Print one part: keys in quotes and positions, each in brackets' -r
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -s i -l in-place -d 'Write the results back to their files: all of them, or none'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l allow-empty -d 'Accept empty standard input, and give nothing for it'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l force -d 'Write plain text even into a git work tree'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l ignore-mac -d 'Do not verify the integrity code'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand decrypt" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand check" -l config -d 'The .sops.yaml whose recipients files must have [default: SOPS_CONFIG, else the first one found upward]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand check" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand check" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand check" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand check" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand check" -l decrypt -d 'Insist that every file can be decrypted'
complete -c secrets -n "__fish_secrets_using_subcommand check" -l staged -d 'Look at what is staged in git, in place of the files on disk'
complete -c secrets -n "__fish_secrets_using_subcommand check" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand check" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand check" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand check" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand check" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -s o -l output -d 'Write an age key to a new file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l deploy-key -d 'Write an SSH key pair (Ed25519, no passphrase) to the new files FILE and FILE.pub' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l token -d 'Write 32 random hexadecimal characters to a new file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l pq -d 'Make a post-quantum age key (ML-KEM-768 with X25519, as age-keygen -pq)'
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l if-missing -d 'Leave files that exist as they are'
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand keygen" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand create" -l from-file -d 'Take a value from a file; - is standard input' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l from-env -d 'Take a value from a variable' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l from-env-file -d 'Take values from a file of KEY=VALUE lines' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand create" -l prompt -d 'Ask for a value at the terminal, without showing it' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l type -d 'The type of the Secret' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -s o -l output -d 'Write to a new file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand create" -l filename-override -d 'The name to choose the rule by [default: the output file, else NAME.sops.yaml]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand create" -l config -d 'The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand create" -s a -l age -d 'Encrypt for these recipients (comma separated) in place of the configuration\'s [default: SOPS_AGE_RECIPIENTS]' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l encrypted-regex -d 'Encrypt what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l unencrypted-regex -d 'Leave readable what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l encrypted-suffix -d 'Encrypt what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l unencrypted-suffix -d 'Leave readable what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l encrypted-comment-regex -d 'Encrypt what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l unencrypted-comment-regex -d 'Leave readable what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l indent -d 'Indentation of the sops block, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l shamir-secret-sharing-threshold -d 'The threshold to record, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand create" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand create" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand create" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand create" -l mac-only-encrypted -d 'Let the integrity code cover encrypted values only'
complete -c secrets -n "__fish_secrets_using_subcommand create" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand create" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand create" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand create" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand create" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l output-type -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l config -d 'The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand edit" -s a -l age -d 'Encrypt for these recipients (comma separated) in place of the configuration\'s [default: SOPS_AGE_RECIPIENTS]' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l encrypted-regex -d 'Encrypt what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l unencrypted-regex -d 'Leave readable what is below keys that match' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l encrypted-suffix -d 'Encrypt what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l unencrypted-suffix -d 'Leave readable what is below keys that end so' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l encrypted-comment-regex -d 'Encrypt what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l unencrypted-comment-regex -d 'Leave readable what follows a comment that matches' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l indent -d 'Indentation of the sops block, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l shamir-secret-sharing-threshold -d 'The threshold to record, in place of the configuration\'s' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l ignore-mac -d 'Do not verify the integrity code'
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l mac-only-encrypted -d 'Let the integrity code cover encrypted values only'
complete -c secrets -n "__fish_secrets_using_subcommand edit" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand edit" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand edit" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l shamir-secret-sharing-threshold -d 'Of one key group nothing depends on it' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l output-type -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand set" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand set" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand set" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand set" -l value-stdin -d 'Read the value from standard input'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l value-file -d 'Read the value from the file that VALUE names'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l idempotent -d 'Accepted for sops\'s sake: an equal value never changes the file'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l ignore-mac -d 'Do not verify the integrity code'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand set" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand set" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand set" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand set" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l shamir-secret-sharing-threshold -d 'Of one key group nothing depends on it' -r
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l output-type -r
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l idempotent -d 'That nothing stands at the path is fine'
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l ignore-mac -d 'Do not verify the integrity code'
complete -c secrets -n "__fish_secrets_using_subcommand unset" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand unset" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand unset" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l output -d 'Write the result to a file' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l filename-override -d 'The name to use for FILE: its format is chosen by it' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l add-age -d 'Recipients to add (comma separated)' -r
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l rm-age -d 'Recipients to remove (comma separated)' -r
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l output-type -r
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -s i -l in-place -d 'Write the results back to their files: all of them, or none'
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand rotate" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l config -d 'The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -s y -l yes -d 'Change without asking'
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l dry-run -d 'Only show what would change'
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand updatekeys" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand filestatus" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand recipients" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l pristine -d 'Leave out all other variables'
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l same-process -d 'It always does'
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand exec-env" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l filename -d 'The name of the decrypted file [default: that of FILE]' -r -F
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l output-type -d 'The format that the decrypted file is to have [default: by the name of FILE]' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l input-type -d 'The format of FILE: yaml, json, dotenv or binary [default: by its name]' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l no-fifo -d 'Accepted for sops\'s sake: it is always a file'
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand exec-file" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l reveal -d 'Show the values too'
complete -c secrets -n "__fish_secrets_using_subcommand diff" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand diff" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand diff" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand completions" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand completions" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand man" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c secrets -n "__fish_secrets_using_subcommand man" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c secrets -n "__fish_secrets_using_subcommand man" -l decryption-order -d 'All identities are age keys, and all are tried' -r
complete -c secrets -n "__fish_secrets_using_subcommand man" -l enable-local-keyservice -d 'Without it the command line is for sops (`peer`)' -r -f -a "true\t''
false\t''"
complete -c secrets -n "__fish_secrets_using_subcommand man" -s q -l quiet -d 'Say only what is wrong'
complete -c secrets -n "__fish_secrets_using_subcommand man" -l verbose
complete -c secrets -n "__fish_secrets_using_subcommand man" -l disable-version-check
complete -c secrets -n "__fish_secrets_using_subcommand man" -l check-for-updates
complete -c secrets -n "__fish_secrets_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c secrets -n "__fish_secrets_using_subcommand man" -s V -l version -d 'Print version'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "encrypt" -d 'Encrypt the values that .sops.yaml chooses'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "decrypt" -d 'Decrypt a file and verify its integrity code'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "check" -d 'Find files that are not encrypted but should be'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "keygen" -d 'Make an age key, a deploy key or a token'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "create" -d 'Make an encrypted Kubernetes Secret'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "edit" -d 'Edit an encrypted file in the editor'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "set" -d 'Set one value of an encrypted file'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "unset" -d 'Remove one value of an encrypted file'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "rotate" -d 'Encrypt a file under a new data key'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "updatekeys" -d 'Make the recipients of files what .sops.yaml says'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "filestatus" -d 'Tell whether a file is encrypted, as JSON'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "recipients" -d 'List who can read files'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "exec-env" -d 'Run a command with the decrypted values in its environment'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "exec-file" -d 'Run a command with a private file of the decrypted text'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "diff" -d 'Show what differs between two versions of an encrypted file'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "completions" -d 'Print shell completions'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "man" -d 'Print the man page'
complete -c secrets -n "__fish_secrets_using_subcommand help; and not __fish_seen_subcommand_from encrypt decrypt check keygen create edit set unset rotate updatekeys filestatus recipients exec-env exec-file diff completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
