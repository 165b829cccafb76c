from django.urls import path

from experiments.views import experiments, training

app_name = "experiments"

urlpatterns = [
    path("experiments/", experiments.experiment_list, name="list"),
    path("experiments/columns/", experiments.experiment_columns, name="columns"),
    path("experiments/<int:pk>/", experiments.experiment_detail, name="detail"),
    path("experiments/<int:pk>/summary/", experiments.experiment_summary, name="summary"),
    path("experiments/<int:pk>/edit/", experiments.experiment_edit, name="edit"),
    path("experiments/<int:pk>/cancel/", experiments.experiment_stop, name="cancel"),
    path("experiments/<int:pk>/retry/", experiments.experiment_again, name="retry"),
    path("experiments/<int:pk>/delete/", experiments.experiment_remove, name="delete"),
    path("experiments/<int:pk>/config/", experiments.experiment_config, name="config"),
    path("experiments/<int:pk>/script/", experiments.experiment_script, name="script"),
    path("experiments/<int:pk>/onnx/", experiments.experiment_onnx, name="onnx"),
    path("experiments/<int:pk>/cell/<int:actual>/<int:said>/", experiments.cell, name="cell"),
    path("experiments/<int:pk>/suspicious/", experiments.suspicious, name="suspicious"),
    path("experiments/<int:pk>/insight/", experiments.experiment_insight, name="insight"),
    path("experiments/<int:pk>/insight/cancel/", experiments.insight_stop, name="insight-cancel"),
    path("experiments/<int:pk>/insight.json", experiments.insight_file, name="insight-json"),
    path("training/", training.training, name="training"),
]
