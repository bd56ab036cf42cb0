"""The protocol under faults: many short histories, each the work of one seed.

The code that reconciles is the real one (`sync.reconcile`, `sync.bench`, `sync.pull`, `sync.wire`);
storage is plain dictionaries, the phones are a model of `sync/phone/`, the network loses, repeats,
delays and reorders, and the server is now and then too busy. `checks` says which property is looked
at where; `mutants` breaks the protocol on purpose, one rule at a time, and every such break has to
be found.
"""
