"""From a repository and its CI event to "which models, which versions, what happened to each".

    git = open_repository(root, deadline)                      # git.py
    comparison = compare(git, event=read_event(os.environ))    # event.py base.py
    difference = read_difference(root, git, comparison.base)   # difference.py
    sources = discover(difference, root, ignore=ignore)        # discovery.py
    changes = model_changes(sources, difference, everything=comparison.everything)  # classify.py

Paths are strings relative to the root with "/" between their parts; bytes that are not UTF-8 are
surrogate escapes. Nothing here opens a model: contents are compared by their git ids.
"""
