" Vim syntax for Flow (.flow).
if exists("b:current_syntax")
  finish
endif

syntax case match
syntax iskeyword @,48-57,_

" The words, written by `just editors`.
syntax keyword flowDeclaration calendar contact derived email event list policy segment stages tags team test topics use
syntax keyword flowDeclaration workflow
syntax keyword flowControl add advance choose else exit handoff if move notify otherwise remove repeat send set split
syntax keyword flowControl start step stop suppress tag untag until wait when
syntax keyword flowOperator allows and between bounced changes clicked confirmed ends entered hour in inactive is known
syntax keyword flowOperator left no not opened or replied sent starts subscribed tagged timed today unknown weekday with
syntax match flowOperator "\<contains\>"
syntax keyword flowKeyword a about after again ago always an any as assign at away back backup because before blackout
syntax keyword flowKeyword business by cap capacity comes confirm consent continue converted country covers delay drop
syntax keyword flowKeyword due emails enter entry ever every everyone exactly existing first for from goal group hand
syntax keyword flowKeyword hold holdout hours including journey keep kind last late least less link marketing member
syntax keyword flowKeyword month more most never new next note now of on once one only open opt out owner past pause
syntax keyword flowKeyword pauses people per preview quiet rate reassign reenter reply reviewed robin round run since
syntax keyword flowKeyword skip stage stops subject taken task template than the then this time times timezone to
syntax keyword flowKeyword tomorrow topic transactional up week weekdays while window within word year
syntax keyword flowConstant friday monday saturday sunday thursday tuesday wednesday weekends yes
syntax keyword flowUnit day days minute minutes months weeks
" Words that the language has and this version does not run yet. They are names elsewhere (`score += 10`).
syntax match flowLater "^\s*\%(\<add\>\|\<call\>\|\<company\>\|\<experiment\>\|\<in_app\>\|\<notice\>\)\%(\s*\%([-+]=\|(\)\)\@!"
syntax match flowLater "^\s*\%(\<priority\>\|\<promise\>\|\<push\>\|\<score\>\|\<sms\>\|\<test\>\)\%(\s*\%([-+]=\|(\)\)\@!"
syntax match flowLater "^\s*\%(\<webhook\>\)\%(\s*\%([-+]=\|(\)\)\@!"
" A field's type stands behind its name: `first_name text?`
syntax match flowField "^\s*\h\w*\s\+\%(country\|date\|email\|moment\|money\|number\|text\|timezone\|url\|yes/no\)?\=\ze\s*\%(=\|//\|;\|$\|}\)" contains=flowType
syntax match flowType "\s\@<=\%(country\|date\|email\|moment\|money\|number\|text\|timezone\|url\|yes/no\)?\=" contained
" End of the words.

syntax match flowNumber "-\=\<\d\+\%(\.\d\+\)\=\>"
syntax match flowNumber "\<\d\d\d\d-\d\d-\d\d\>"
syntax match flowNumber "\<\d\d\=:\d\d\>"

syntax match flowComment "//.*$" contains=@Spell

" A text may hold fields, and they may hold texts: "Your guide, {first_name or "there"}"
syntax region flowString start=+"+ skip=+\\.+ end=+"+ end=+$+ contains=flowEscape,flowHole,@Spell
syntax match flowEscape "\\." contained
syntax region flowHole matchgroup=flowHoleMark start="{" end="}" end="$" contained contains=flowFallback,flowHoleWord
syntax region flowFallback start=+"+ skip=+\\.+ end=+"+ end=+$+ contained contains=flowEscape
syntax keyword flowHoleWord or contained

highlight default link flowDeclaration Structure
highlight default link flowControl Statement
highlight default link flowOperator Operator
highlight default link flowHoleWord Operator
highlight default link flowKeyword Keyword
highlight default link flowConstant Constant
highlight default link flowUnit Type
highlight default link flowType Type
highlight default link flowLater PreProc
highlight default link flowNumber Number
highlight default link flowComment Comment
highlight default link flowString String
highlight default link flowFallback String
highlight default link flowEscape SpecialChar
highlight default link flowHole Identifier
highlight default link flowHoleMark Delimiter

let b:current_syntax = "flow"
