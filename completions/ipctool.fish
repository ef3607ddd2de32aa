# fish completion for ipctool: asks the binary, so that it never grows stale.
# Install as ipctool.fish in a directory of $fish_complete_path, or source it.
COMPLETE=fish ipctool | source
