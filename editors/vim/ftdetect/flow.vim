" Before any guess from the contents.
autocmd BufRead,BufNewFile *.flow set filetype=flow
