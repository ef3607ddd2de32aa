# bash completion for ipctool: asks the binary, so that it never grows stale.
# Install as /usr/share/bash-completion/completions/ipctool, or source it.
source <(COMPLETE=bash ipctool)
