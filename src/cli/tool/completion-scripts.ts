/** What a shell needs to complete the words of `mini-buildd-tool`. Which words fit, the tool itself is asked each time. */
export const completionScript = (shell: string): string | undefined => scripts.get(shell);

/** Bash takes `:`, and mostly `@`, for ends of words; a host has both. */
const bash = `# bash completion for mini-buildd-tool
_mini_buildd_tool() {
  local cur words cword word mark rest
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n :@= cur words cword
  else
    cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  # What stands before the last end of a word is on the line already.
  rest=$cur
  for mark in : @; do
    if [[ $COMP_WORDBREAKS == *$mark* ]]; then rest=\${rest##*$mark}; fi
  done
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("\${word:$((\${#cur} - \${#rest}))}")
  done < <(mini-buildd-tool --complete "$cword" "\${words[@]:1}" 2>/dev/null)
}
complete -F _mini_buildd_tool mini-buildd-tool
`;

const zsh = `#compdef mini-buildd-tool
_mini_buildd_tool() {
  local -a found
  found=("\${(@f)$(mini-buildd-tool --complete $((CURRENT - 1)) "\${(@)words[2,-1]}" 2>/dev/null)}")
  compadd -- "\${(@)found:#}"
}
compdef _mini_buildd_tool mini-buildd-tool
`;

const scripts: ReadonlyMap<string, string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
]);
