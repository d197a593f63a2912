printf 'PK\003\004............................' >a.zip
llmobs scan a.zip
