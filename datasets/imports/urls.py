from django.urls import path

from datasets.imports.views import answers, files, pages

app_name = "imports"

urlpatterns = [
    path("", pages.import_list, name="list"),
    path("new/", files.draft_new, name="new"),
    path("<int:pk>/", pages.draft_page, name="draft"),
    path("bearing/", answers.bearing_new, name="bearing"),
    path("more/<int:pk>/", pages.draft_add, name="add"),
    path("<int:pk>/files/", files.files_new, name="files"),
    path("<int:pk>/read/", pages.draft_read, name="read"),
    path("<int:pk>/stop/", pages.draft_stop, name="stop"),
    path("<int:pk>/table/", pages.draft_table, name="table"),
    path("<int:pk>/answer/", answers.draft_answer, name="answer"),
    path("<int:pk>/labels/", answers.draft_labels, name="labels"),
    path("<int:pk>/labels/table/", answers.draft_labels_table, name="labels-table"),
    path("<int:pk>/specimen/", answers.draft_specimen, name="specimen"),
    path("<int:pk>/check/", pages.draft_check, name="check"),
    path("<int:pk>/import/", pages.draft_import, name="import"),
    path("<int:pk>/delete/", pages.draft_remove, name="delete"),
    path("file/<int:pk>/", pages.file_row, name="row"),
    path("file/<int:pk>/chunks/", files.file_chunks, name="file"),
    path("file/<int:pk>/channels/", answers.file_channels, name="channels"),
    path("file/<int:pk>/out/", pages.file_out, name="out"),
]
