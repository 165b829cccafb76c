import doctest

import numpy as np
import pytest

from vibration.errors import VibrationError
from vibration.statistics.projection import (
    METRICS,
    Method,
    ProjectionCancelled,
    ProjectionParameters,
    neighbours,
    project,
    repulsion,
    table,
    tsne,
    umap_like,
)
from vibration.statistics.projection.neighbours import nearest_rows
from vibration.statistics.projection.repulsion import exact_repulsion, grid_repulsion
from vibration.statistics.projection.table import principal_points, standardised

N_EACH = 34
LABELS = np.repeat(np.arange(3), N_EACH)


@pytest.fixture(scope="module")
def blobs():
    random = np.random.default_rng(3)
    centres = 12 * np.eye(3, 6)
    return centres[LABELS] + random.normal(size=(3 * N_EACH, 6))


def silhouette(points):
    from sklearn.metrics import silhouette_score

    return silhouette_score(points, LABELS)


def pair_distances(points):
    return np.linalg.norm(points[:, None] - points, axis=-1)


@pytest.mark.parametrize("module", [neighbours, repulsion, table, tsne, umap_like])
def test_examples_run(module):
    failed, tried = doctest.testmod(module, extraglobs={"np": np})
    assert tried
    assert not failed


@pytest.mark.parametrize("method", list(Method))
def test_separate_blobs_stay_separate(method, blobs):
    assert silhouette(project(blobs, method).points) > 0.5


@pytest.mark.parametrize("method", list(Method))
def test_the_same_table_and_seed_give_the_same_points(method, blobs):
    first, second = project(blobs, method), project(blobs, method)
    np.testing.assert_array_equal(first.points, second.points)


def test_the_three_methods_give_three_pictures(blobs):
    pictures = [pair_distances(project(blobs, method).points) for method in Method]
    pictures = [picture / picture.mean() for picture in pictures]
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert np.abs(pictures[a] - pictures[b]).mean() > 0.05


@pytest.mark.parametrize(
    ("method", "changed"),
    [
        (Method.TSNE, {"perplexity": 5.0}),
        (Method.TSNE, {"metric": "manhattan"}),
        (Method.UMAP_LIKE, {"n_neighbours": 5}),
        (Method.UMAP_LIKE, {"min_dist": 0.9}),
        (Method.UMAP_LIKE, {"metric": "cosine"}),
        (Method.UMAP_LIKE, {"seed": 1}),
    ],
)
def test_each_parameter_of_a_method_matters(method, changed, blobs):
    usual = project(blobs, method).points
    other = project(blobs, method, ProjectionParameters(**changed)).points
    assert np.abs(usual - other).max() > 0.01


def test_a_method_leaves_the_parameters_of_others_alone():
    parameters = ProjectionParameters(perplexity=7, n_neighbours=9)
    assert parameters.used_by(Method.PCA) == {}
    assert parameters.used_by(Method.TSNE) == {"perplexity": 7, "metric": "euclidean"}
    assert "perplexity" not in parameters.used_by(Method.UMAP_LIKE)


def test_pca_does_not_depend_on_a_rotation_of_the_features(blobs):
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(6, 6)))
    plain, _ = principal_points(blobs.astype(np.float32))
    turned, _ = principal_points((blobs @ turn).astype(np.float32))
    np.testing.assert_allclose(np.abs(plain), np.abs(turned), atol=1e-3)


def test_pca_gives_each_signal_its_point_in_any_order(blobs):
    order = np.random.default_rng(0).permutation(len(blobs))
    shuffled = project(blobs[order], Method.PCA).points
    np.testing.assert_allclose(shuffled, project(blobs, Method.PCA).points[order], atol=1e-4)


def test_pca_is_that_of_the_singular_values(blobs):
    z = standardised(blobs).values
    points, shares = principal_points(z)
    u, s, _ = np.linalg.svd(z - z.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(points), np.abs(u[:, :2] * s[:2]), atol=1e-3)
    np.testing.assert_allclose(shares, s[:2] ** 2 / (s**2).sum(), rtol=1e-4)


def test_missing_values_get_the_median_and_are_counted(blobs):
    holed = blobs.copy()
    holed[:2, 0] = np.nan
    holed[1, 3] = np.nan
    found = project(holed, Method.PCA)
    assert (found.n_filled, found.n_rows_filled) == (3, 2)
    filled = holed.copy()
    filled[:2, 0], filled[1, 3] = np.median(blobs[2:, 0]), np.nanmedian(holed[:, 3])
    np.testing.assert_allclose(found.points, project(filled, Method.PCA).points, atol=1e-4)


def test_a_feature_nobody_has_says_nothing_and_is_counted(blobs):
    wider = np.column_stack([blobs, np.full(len(blobs), np.nan), np.full(len(blobs), 7.0)])
    found = project(wider, Method.PCA)
    assert found.n_idle == 2
    np.testing.assert_allclose(found.points, project(blobs, Method.PCA).points, atol=1e-4)


@pytest.mark.parametrize("method", list(Method))
def test_the_unit_of_a_feature_does_not_matter(method, blobs):
    scaled = blobs * np.array([1, 1, 1024, 1, 1, 1 / 1024])
    near = project(scaled, method).points
    np.testing.assert_allclose(near, project(blobs, method).points, atol=1e-4)


@pytest.mark.parametrize("n", [300, 2000])
def test_the_grid_pushes_as_all_pairs_do(n):
    y = (8 * np.random.default_rng(n).normal(size=(n, 2))).astype(np.float32)
    exact, z = exact_repulsion(y)
    near, z_near = grid_repulsion(y)
    assert z_near == pytest.approx(z, rel=0.02)
    assert np.linalg.norm(near - exact) < 0.05 * np.linalg.norm(exact)


def test_all_pairs_push_as_the_formula_says():
    y = np.random.default_rng(1).normal(size=(300, 2)).astype(np.float32)
    apart = y[:, None].astype(float) - y
    k = 1 / (1 + (apart**2).sum(axis=-1))
    push, z = exact_repulsion(y)
    np.testing.assert_allclose(push, (k[..., None] ** 2 * apart).sum(axis=1), atol=1e-3)
    assert z == pytest.approx(k.sum() - len(y), rel=1e-5)


def test_a_perplexity_is_that_of_each_signals_weights():
    squared = np.random.default_rng(2).uniform(0, 9, size=(20, 60))
    p = tsne._conditional(np.sort(squared, axis=1), 15)
    entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
    np.testing.assert_allclose(np.exp(entropy), 15, rtol=1e-6)


def test_many_points_take_the_grid_and_stay_separate(blobs, monkeypatch):
    monkeypatch.setattr(tsne, "MOST_EXACT", 50)
    x = standardised(blobs).values
    assert silhouette(tsne.tsne_points(x, principal_points(x)[0], n_iterations=300)) > 0.5


@pytest.mark.parametrize("metric", METRICS)
def test_neighbours_are_those_of_scikit_learn(metric):
    from sklearn.neighbors import NearestNeighbors

    x = np.random.default_rng(4).normal(size=(90, 7)).astype(np.float32)
    model = NearestNeighbors(n_neighbors=5, metric=metric, algorithm="brute").fit(x)
    distances, rows = model.kneighbors()
    found, found_distances = nearest_rows(x, 5, metric)
    np.testing.assert_array_equal(found, rows)
    np.testing.assert_allclose(found_distances, distances, atol=1e-4)


@pytest.mark.parametrize("method", list(Method))
def test_progress_comes_to_its_end(method, blobs):
    seen = []
    project(blobs, method, progress=lambda *at: seen.append(at))
    done, total = seen[-1]
    assert done == total == len(seen)


@pytest.mark.parametrize("method", [Method.TSNE, Method.UMAP_LIKE])
def test_it_stops_when_asked(method, blobs):
    seen = []
    with pytest.raises(ProjectionCancelled):
        project(
            blobs,
            method,
            progress=lambda done, total: seen.append(done),
            cancelled=lambda: len(seen) == 3,
        )
    assert seen == [1, 2, 3]


def test_equal_signals_are_no_trouble():
    x = np.ones((20, 4))
    for method, parameters in (
        (Method.PCA, None),
        (Method.TSNE, ProjectionParameters(perplexity=5)),
        (Method.UMAP_LIKE, ProjectionParameters(n_neighbours=5)),
    ):
        assert np.isfinite(project(x, method, parameters).points).all()


@pytest.mark.parametrize(
    ("rows", "method", "parameters", "says"),
    [
        (2, Method.PCA, {}, "at least 3"),
        (9, Method.PCA, {}, "at least 10"),
        (30, Method.TSNE, {"perplexity": 30.0}, "perplexity of 2 to 9 "),
        (30, Method.UMAP_LIKE, {"n_neighbours": 30}, "needs 2 to 29 neighbours for 30"),
        (30, Method.UMAP_LIKE, {"min_dist": 2.0}, "from 0 to 1, not 2"),
        (60, Method.UMAP_LIKE, {"metric": "odd"}, "no metric"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(rows, method, parameters, says):
    x = np.random.default_rng(0).normal(size=(rows, 4))
    with pytest.raises(VibrationError, match=says):
        project(x, method, ProjectionParameters(**parameters))
