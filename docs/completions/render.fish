# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_render_global_optspecs
    string join \n d/data= v/var= config= undefined= import-path= allow-empty color= q/quiet format= h/help V/version
end

function __fish_render_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_render_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_render_using_subcommand
    set -l cmd (__fish_render_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c render -n "__fish_render_needs_command" -s d -l data -d 'Data: a YAML, JSON or TOML file, or - for YAML or JSON on standard input; of several the later wins' -r -F
complete -c render -n "__fish_render_needs_command" -s v -l var -d 'A variable; KEY may be dotted, VALUE is a string' -r
complete -c render -n "__fish_render_needs_command" -l config -d 'Take delimiters, whitespace, undefined mode and import folders from render.toml or makejinja.toml' -r -F
complete -c render -n "__fish_render_needs_command" -l undefined -d 'What undefined names do: default, chainable, debug or strict' -r
complete -c render -n "__fish_render_needs_command" -l import-path -d 'A folder that templates are included and imported from, besides the template\'s own' -r -F
complete -c render -n "__fish_render_needs_command" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c render -n "__fish_render_needs_command" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c render -n "__fish_render_needs_command" -l allow-empty -d 'Blank data on standard input is no error'
complete -c render -n "__fish_render_needs_command" -s q -l quiet -d 'Say only what is wrong'
complete -c render -n "__fish_render_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c render -n "__fish_render_needs_command" -s V -l version -d 'Print version'
complete -c render -n "__fish_render_needs_command" -a "tree" -d 'Render input folders into an output folder, as makejinja does'
complete -c render -n "__fish_render_needs_command" -a "vars" -d 'List the variables that templates read, and where'
complete -c render -n "__fish_render_needs_command" -a "completions" -d 'Print shell completions'
complete -c render -n "__fish_render_needs_command" -a "man" -d 'Print the man page'
complete -c render -n "__fish_render_needs_command" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c render -n "__fish_render_using_subcommand tree" -l config -d 'The settings file (default: render.toml, else makejinja.toml, in the current folder)' -r -F
complete -c render -n "__fish_render_using_subcommand tree" -s i -l input -d 'An input folder or single template; the first wins' -r -F
complete -c render -n "__fish_render_using_subcommand tree" -s o -l output -d 'The output folder' -r -F
complete -c render -n "__fish_render_using_subcommand tree" -s I -l include-pattern -d 'Which files of the inputs to take' -r
complete -c render -n "__fish_render_using_subcommand tree" -s E -l exclude-pattern -d 'Which files to leave out' -r
complete -c render -n "__fish_render_using_subcommand tree" -l jinja-suffix -d 'The ending of templates; empty: every file is one' -r
complete -c render -n "__fish_render_using_subcommand tree" -s d -l data -d 'Data: YAML, JSON or TOML files, folders of them, or -' -r -F
complete -c render -n "__fish_render_using_subcommand tree" -s D -l data-var -d 'A variable; KEY may be dotted, VALUE is a string' -r
complete -c render -n "__fish_render_using_subcommand tree" -l file-data -d 'Data for one template alone' -r
complete -c render -n "__fish_render_using_subcommand tree" -s p -l plugin -d 'A Python plugin' -r
complete -c render -n "__fish_render_using_subcommand tree" -s l -l loader -d 'A Python plugin, by makejinja\'s old name for them' -r
complete -c render -n "__fish_render_using_subcommand tree" -l import-path -d 'A folder that templates may import from' -r -F
complete -c render -n "__fish_render_using_subcommand tree" -s e -l extension -d 'A Jinja extension' -r
complete -c render -n "__fish_render_using_subcommand tree" -l undefined -d 'What undefined names do: default, chainable, debug or strict' -r
complete -c render -n "__fish_render_using_subcommand tree" -l exec-pre -d 'A shell command before rendering' -r
complete -c render -n "__fish_render_using_subcommand tree" -l exec-post -d 'A shell command after rendering' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-block-start -d 'Start of a block tag' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-block-end -d 'End of a block tag' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-comment-start -d 'Start of a comment' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-comment-end -d 'End of a comment' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-variable-start -d 'Start of a printed expression' -r
complete -c render -n "__fish_render_using_subcommand tree" -l delimiter-variable-end -d 'End of a printed expression' -r
complete -c render -n "__fish_render_using_subcommand tree" -l prefix-line-statement -d 'Prefix of line statements' -r
complete -c render -n "__fish_render_using_subcommand tree" -l prefix-line-comment -d 'Prefix of line comments' -r
complete -c render -n "__fish_render_using_subcommand tree" -l newline-sequence -d 'What line breaks of a template become' -r
complete -c render -n "__fish_render_using_subcommand tree" -l internal-cache-size -d 'Accepted; changes nothing' -r
complete -c render -n "__fish_render_using_subcommand tree" -l filter -d 'Pass outputs whose path matches GLOB through COMMAND; {} is the path (repeatable, in order)' -r
complete -c render -n "__fish_render_using_subcommand tree" -l loaders -d 'What stands for the Python plugins a makejinja.toml names' -r -f -a "native\t'The built-in filters and functions'"
complete -c render -n "__fish_render_using_subcommand tree" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c render -n "__fish_render_using_subcommand tree" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c render -n "__fish_render_using_subcommand tree" -l keep-jinja-suffix -d 'Keep that ending'
complete -c render -n "__fish_render_using_subcommand tree" -l keep-empty -d 'Write files that render to nothing'
complete -c render -n "__fish_render_using_subcommand tree" -s m -l copy-metadata -d 'Copy mode and times of templates'
complete -c render -n "__fish_render_using_subcommand tree" -s c -l clean -d 'Remove the output folder first'
complete -c render -n "__fish_render_using_subcommand tree" -s f -l force -d 'Overwrite files that exist'
complete -c render -n "__fish_render_using_subcommand tree" -l trim-blocks -d 'Drop the line break after a block tag'
complete -c render -n "__fish_render_using_subcommand tree" -l no-trim-blocks -d 'Keep it'
complete -c render -n "__fish_render_using_subcommand tree" -l lstrip-blocks -d 'Drop blanks before a block tag that begins its line'
complete -c render -n "__fish_render_using_subcommand tree" -l no-lstrip-blocks -d 'Keep them'
complete -c render -n "__fish_render_using_subcommand tree" -l keep-trailing-newline -d 'Keep the last line break of a template'
complete -c render -n "__fish_render_using_subcommand tree" -l strip-trailing-newline -d 'Drop it'
complete -c render -n "__fish_render_using_subcommand tree" -l internal-autoescape -d 'Escape printed values for HTML'
complete -c render -n "__fish_render_using_subcommand tree" -l internal-optimized -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand tree" -l no-internal-optimized -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand tree" -l internal-auto-reload -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand tree" -l no-internal-auto-reload -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand tree" -l internal-enable-async -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand tree" -l check -d 'Write nothing; exit 1 when something would change, naming each file'
complete -c render -n "__fish_render_using_subcommand tree" -l diff -d 'Write nothing; print what would change as a unified diff; exit 1 when something would'
complete -c render -n "__fish_render_using_subcommand tree" -l dry-run -d 'Write nothing; say what would be written'
complete -c render -n "__fish_render_using_subcommand tree" -l list -d 'Render nothing; print each output, the file it is made from, and the variables its template reads'
complete -c render -n "__fish_render_using_subcommand tree" -l prune -d 'Delete files that an earlier run wrote and this one does not, unless they were changed since'
complete -c render -n "__fish_render_using_subcommand tree" -l protect -d 'Ask before overwriting a file that was changed since the last run'
complete -c render -n "__fish_render_using_subcommand tree" -s y -l yes -d 'Answer yes to what --protect asks'
complete -c render -n "__fish_render_using_subcommand tree" -l sync -d 'Sync what was written to the disk before the run ends'
complete -c render -n "__fish_render_using_subcommand tree" -l allow-empty -d 'Blank data on standard input is no error'
complete -c render -n "__fish_render_using_subcommand tree" -s q -l quiet -d 'Say only what is wrong'
complete -c render -n "__fish_render_using_subcommand tree" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c render -n "__fish_render_using_subcommand vars" -l config -d 'The settings file (default: render.toml, else makejinja.toml, in the current folder)' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -s i -l input -d 'An input folder or single template; the first wins' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -s o -l output -d 'The output folder' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -s I -l include-pattern -d 'Which files of the inputs to take' -r
complete -c render -n "__fish_render_using_subcommand vars" -s E -l exclude-pattern -d 'Which files to leave out' -r
complete -c render -n "__fish_render_using_subcommand vars" -l jinja-suffix -d 'The ending of templates; empty: every file is one' -r
complete -c render -n "__fish_render_using_subcommand vars" -s d -l data -d 'Data: YAML, JSON or TOML files, folders of them, or -' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -s D -l data-var -d 'A variable; KEY may be dotted, VALUE is a string' -r
complete -c render -n "__fish_render_using_subcommand vars" -l file-data -d 'Data for one template alone' -r
complete -c render -n "__fish_render_using_subcommand vars" -s p -l plugin -d 'A Python plugin' -r
complete -c render -n "__fish_render_using_subcommand vars" -s l -l loader -d 'A Python plugin, by makejinja\'s old name for them' -r
complete -c render -n "__fish_render_using_subcommand vars" -l import-path -d 'A folder that templates may import from' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -s e -l extension -d 'A Jinja extension' -r
complete -c render -n "__fish_render_using_subcommand vars" -l undefined -d 'What undefined names do: default, chainable, debug or strict' -r
complete -c render -n "__fish_render_using_subcommand vars" -l exec-pre -d 'A shell command before rendering' -r
complete -c render -n "__fish_render_using_subcommand vars" -l exec-post -d 'A shell command after rendering' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-block-start -d 'Start of a block tag' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-block-end -d 'End of a block tag' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-comment-start -d 'Start of a comment' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-comment-end -d 'End of a comment' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-variable-start -d 'Start of a printed expression' -r
complete -c render -n "__fish_render_using_subcommand vars" -l delimiter-variable-end -d 'End of a printed expression' -r
complete -c render -n "__fish_render_using_subcommand vars" -l prefix-line-statement -d 'Prefix of line statements' -r
complete -c render -n "__fish_render_using_subcommand vars" -l prefix-line-comment -d 'Prefix of line comments' -r
complete -c render -n "__fish_render_using_subcommand vars" -l newline-sequence -d 'What line breaks of a template become' -r
complete -c render -n "__fish_render_using_subcommand vars" -l internal-cache-size -d 'Accepted; changes nothing' -r
complete -c render -n "__fish_render_using_subcommand vars" -l schema -d 'A JSON Schema (- is standard input): report the variables that it does not have' -r -F
complete -c render -n "__fish_render_using_subcommand vars" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c render -n "__fish_render_using_subcommand vars" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c render -n "__fish_render_using_subcommand vars" -l keep-jinja-suffix -d 'Keep that ending'
complete -c render -n "__fish_render_using_subcommand vars" -l keep-empty -d 'Write files that render to nothing'
complete -c render -n "__fish_render_using_subcommand vars" -s m -l copy-metadata -d 'Copy mode and times of templates'
complete -c render -n "__fish_render_using_subcommand vars" -s c -l clean -d 'Remove the output folder first'
complete -c render -n "__fish_render_using_subcommand vars" -s f -l force -d 'Overwrite files that exist'
complete -c render -n "__fish_render_using_subcommand vars" -l trim-blocks -d 'Drop the line break after a block tag'
complete -c render -n "__fish_render_using_subcommand vars" -l no-trim-blocks -d 'Keep it'
complete -c render -n "__fish_render_using_subcommand vars" -l lstrip-blocks -d 'Drop blanks before a block tag that begins its line'
complete -c render -n "__fish_render_using_subcommand vars" -l no-lstrip-blocks -d 'Keep them'
complete -c render -n "__fish_render_using_subcommand vars" -l keep-trailing-newline -d 'Keep the last line break of a template'
complete -c render -n "__fish_render_using_subcommand vars" -l strip-trailing-newline -d 'Drop it'
complete -c render -n "__fish_render_using_subcommand vars" -l internal-autoescape -d 'Escape printed values for HTML'
complete -c render -n "__fish_render_using_subcommand vars" -l internal-optimized -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand vars" -l no-internal-optimized -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand vars" -l internal-auto-reload -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand vars" -l no-internal-auto-reload -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand vars" -l internal-enable-async -d 'Accepted; changes nothing'
complete -c render -n "__fish_render_using_subcommand vars" -s q -l quiet -d 'Say only what is wrong'
complete -c render -n "__fish_render_using_subcommand vars" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c render -n "__fish_render_using_subcommand completions" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c render -n "__fish_render_using_subcommand completions" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c render -n "__fish_render_using_subcommand completions" -s q -l quiet -d 'Say only what is wrong'
complete -c render -n "__fish_render_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c render -n "__fish_render_using_subcommand man" -l color -d 'When to use colour (NO_COLOR is honoured)' -r -f -a "auto\t''
always\t''
never\t''"
complete -c render -n "__fish_render_using_subcommand man" -l format -d 'How findings are written' -r -f -a "human\t'For people: place, message, source line, help'
json\t'One JSON document'
github\t'GitHub workflow annotations'
sarif\t'SARIF 2.1.0'"
complete -c render -n "__fish_render_using_subcommand man" -s q -l quiet -d 'Say only what is wrong'
complete -c render -n "__fish_render_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c render -n "__fish_render_using_subcommand help; and not __fish_seen_subcommand_from tree vars completions man help" -f -a "tree" -d 'Render input folders into an output folder, as makejinja does'
complete -c render -n "__fish_render_using_subcommand help; and not __fish_seen_subcommand_from tree vars completions man help" -f -a "vars" -d 'List the variables that templates read, and where'
complete -c render -n "__fish_render_using_subcommand help; and not __fish_seen_subcommand_from tree vars completions man help" -f -a "completions" -d 'Print shell completions'
complete -c render -n "__fish_render_using_subcommand help; and not __fish_seen_subcommand_from tree vars completions man help" -f -a "man" -d 'Print the man page'
complete -c render -n "__fish_render_using_subcommand help; and not __fish_seen_subcommand_from tree vars completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
