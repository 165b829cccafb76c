"""stub, replaced at merge"""


def dataset_import_create(*, owner, plan):
    raise NotImplementedError


def dataset_import_run(*, run, dataset, plan):
    raise NotImplementedError
