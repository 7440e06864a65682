"""What the helper reads of a run's folder and writes into it; run.test.ts runs this, with numpy and the helper on the path."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

import beyond_imagenet
from beyond_imagenet import BAD_DATA, Run

DATASET = Path(os.environ["DATASET"])  # a prepared dataset of 20 test images in 4 classes


def new_run(**fields):
    folder = Path(tempfile.mkdtemp(dir=os.environ["FOLDER"]))
    document = {
        "format": 1,
        "runKey": "0" * 64,
        "attempt": 1,
        "seed": 5,
        "architecture": {"name": "net", "spec": {"depth": 3}},
        "settings": {"lr": 0.1},
        "dataset": {"path": str(DATASET), "classes": ["a", "b", "c", "d"], "channels": 3, "imageSize": 32},
        "device": {"kind": "cpu", "threads": 2},
        "resume": None,
    }
    (folder / "run.json").write_text(json.dumps({**document, **fields}))
    return Run(folder)


def result(run):
    return json.loads((run.folder / "result.json").read_text())


def logits(run, seed=0):
    return np.random.default_rng(seed).normal(size=(len(run.dataset("test")), 4))


class Helper(unittest.TestCase):
    def test_a_run_is_what_run_json_says(self):
        run = new_run(device={"kind": "gpu", "index": 3})
        self.assertEqual((run.seed, run.name, run.spec, run.settings), (5, "net", {"depth": 3}, {"lr": 0.1}))
        self.assertEqual((run.device, new_run().device, new_run().threads), ("cuda", "cpu", 2))

    def test_a_run_of_another_format_is_handed_back(self):
        with self.assertRaises(SystemExit) as ended:
            new_run(format=2)
        self.assertEqual(ended.exception.code, 69)

    def test_without_a_folder_it_says_who_starts_it(self):
        code = subprocess.run(
            [sys.executable, "-c", "import beyond_imagenet; beyond_imagenet.Run()"],
            env={**os.environ, "BEYOND_IMAGENET_RUN": ""},
            capture_output=True,
            text=True,
        )
        self.assertEqual(code.returncode, 1)
        self.assertIn("BEYOND_IMAGENET_RUN must name a run's folder", code.stderr)

    def test_damaged_data_ends_the_process_as_bad_data(self):
        run = new_run(dataset={"path": "/nowhere", "classes": ["a", "b"], "channels": 3, "imageSize": 32})
        with self.assertRaises(SystemExit) as ended:
            run.dataset("train")
        self.assertEqual(ended.exception.code, BAD_DATA)
        self.assertEqual((run.folder / "failure").read_text(), "/nowhere/manifest.json must exist: prepare the dataset again")

    def test_reports_are_lines_of_finite_numbers(self):
        run = new_run()
        run.report(epoch=1, training_loss=np.float32(0.5), validation_top1_error=None)
        with open(run.folder / "metrics.jsonl", "a") as file:
            file.write('{"epoch": 2, "lo')  # what a process that was killed may leave
        run.report(epoch=2, validationLoss=1)
        lines = (run.folder / "metrics.jsonl").read_text().split("\n")
        first, third = json.loads(lines[0]), json.loads(lines[2])
        self.assertRegex(first.pop("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(first, {"epoch": 1, "trainingLoss": 0.5})
        self.assertEqual((third["epoch"], third["validationLoss"], lines[3:]), (2, 1, [""]))
        run.report(epoch=3, loss=float("nan"), step=1, steps_per_epoch=2)
        last = json.loads((run.folder / "metrics.jsonl").read_text().splitlines()[-1])
        self.assertEqual(set(last), {"epoch", "step", "stepsPerEpoch", "timestamp"})

    def test_a_checkpoint_appears_whole_or_not_at_all(self):
        run = new_run()
        with run.checkpoint(7) as folder:
            (folder / "state").write_text("seven")
        with self.assertRaises(KeyError), run.checkpoint(8) as folder:
            (folder / "state").write_text("eight")
            raise KeyError
        self.assertEqual(os.listdir(run.folder / "checkpoints"), ["00000007"])
        with run.checkpoint(7) as folder:
            (folder / "state").write_text("again")
        self.assertEqual((run.folder / "checkpoints" / "00000007" / "state").read_text(), "again")
        for name in ("../x", "", "a/b", ".hidden", "a.tmp"):
            with self.assertRaisesRegex(ValueError, "name must be letters"), run.checkpoint(name):
                pass

    def test_it_goes_on_from_the_checkpoint_that_the_worker_names(self):
        self.assertIsNone(new_run().resume())
        run = new_run(resume="checkpoints/00000007")
        self.assertEqual(run.resume(), run.folder / "checkpoints" / "00000007")

    def test_it_stops_when_the_file_appears(self):
        run = new_run()
        self.assertFalse(run.stopping)
        (run.folder / "stop").touch()
        self.assertTrue(run.stopping)

    def test_errors_loss_and_predictions_come_from_the_logits(self):
        run = new_run()
        values, labels = logits(run), run.dataset("test").labels
        (run.folder / "weights.bin").write_text("w")
        run.finish(logits=values, weights=run.folder / "weights.bin", versions={"torch": "2"})
        written = result(run)
        errors = int((values.argmax(1) != labels).sum())
        probabilities = np.exp(values) / np.exp(values).sum(1, keepdims=True)
        true = probabilities[np.arange(20), labels]
        self.assertEqual((written["outcome"], written["test"]["images"]), ("finished", 20))
        self.assertEqual(written["test"]["top1Error"], errors / 20)
        self.assertAlmostEqual(written["test"]["loss"], -np.log(true).mean(), places=12)
        self.assertNotIn("top5Error", written["test"])
        self.assertEqual(written["files"], {"weights": "weights.bin"})
        self.assertEqual(set(written["versions"]), {"python", "numpy", "torch"})
        lines = (run.folder / "predictions.csv").read_text().splitlines()
        self.assertEqual(lines[0], "index,label,probability,top1,top2,top3,top4,top5")
        for index, line in enumerate(lines[1:]):
            cells = line.split(",")
            self.assertEqual(cells[:2], [str(index), str(labels[index])])
            self.assertEqual(np.float32(cells[2]), np.float32(true[index]))
            self.assertEqual(cells[3:], [str(c) for c in np.argsort(-values[index])] + [""])

    def test_probabilities_give_what_logits_give(self):
        run, other = new_run(), new_run()
        values = logits(run)
        run.finish(logits=values)
        other.finish(probabilities=np.exp(values) / np.exp(values).sum(1, keepdims=True))
        self.assertEqual(result(run)["test"]["top1Error"], result(other)["test"]["top1Error"])
        self.assertAlmostEqual(result(run)["test"]["loss"], result(other)["test"]["loss"], places=12)

    def test_a_probability_that_rounding_has_made_larger_than_1_counts_as_1(self):
        run = new_run()
        values = np.zeros((20, 4))
        values[np.arange(20), run.dataset("test").labels] = 1.000001
        run.finish(probabilities=values)
        self.assertEqual((result(run)["test"]["top1Error"], result(run)["test"]["loss"]), (0, 0))
        lines = (run.folder / "predictions.csv").read_text().splitlines()[1:]
        self.assertEqual({line.split(",")[2] for line in lines}, {"1"})

    def test_a_tie_with_the_true_class_is_an_error(self):
        run = new_run()
        self.assertEqual(run.score("test", logits=np.zeros((20, 4)))["top1Error"], 1)
        self.assertAlmostEqual(run.score("test", logits=np.zeros((20, 4)))["loss"], np.log(4))

    def test_logits_of_any_size_have_a_finite_loss(self):
        run = new_run()
        self.assertTrue(np.isfinite(run.score("test", logits=1e4 * logits(run))["loss"]))

    def test_results_without_logits_have_no_predictions(self):
        run = new_run()
        run.finish(top1_error=0.25, loss=1.5, validation={"images": 10, "top1Error": 0.1, "loss": 1.0})
        self.assertEqual(result(run)["test"], {"images": 20, "top1Error": 0.25, "loss": 1.5})
        self.assertEqual(result(run)["validation"], {"images": 10, "top1Error": 0.1, "loss": 1.0})
        self.assertFalse((run.folder / "predictions.csv").exists())

    def test_a_study_can_do_without_predictions(self):
        run = new_run(predictions=False)
        run.finish(logits=logits(run))
        self.assertEqual(result(run)["outcome"], "finished")
        self.assertFalse((run.folder / "predictions.csv").exists())

    def test_what_cannot_be_a_result_is_refused(self):
        run = new_run()
        good = logits(run)
        bad = good.copy()
        bad[3, 2] = np.nan
        for message, arguments in {
            r"must be \[20 images, 4 classes\], got \[19, 4\]": {"logits": good[1:]},
            "logits must be finite": {"logits": bad},
            "add up to 1": {"probabilities": good},
            "give either": {"logits": good, "probabilities": good},
            "finish needs": {"top1_error": 0.5},
            "loss must be a finite number, got inf": {"top1_error": 0.5, "loss": float("inf")},
            "weights must be a file in": {"logits": good, "weights": "/etc/hostname"},
        }.items():
            with self.assertRaisesRegex(ValueError, message):
                run.finish(**arguments)
            self.assertFalse((run.folder / "result.json").exists())

    def test_a_divergence_is_a_result(self):
        run = new_run()
        with self.assertRaises(SystemExit) as ended:
            run.diverged("the loss was nan at step 3")
        self.assertEqual(ended.exception.code, 0)
        self.assertEqual(result(run), {"outcome": "diverged", "reason": "the loss was nan at step 3"})

    def test_an_epoch_has_each_image_once_in_an_order_of_its_own(self):
        test = new_run().dataset("test")
        epochs = [test.batches(6, seed=1, epoch=epoch) for epoch in range(2)]
        self.assertEqual([len(batch) for batch in epochs[0]], [6, 6, 6, 2])
        for batches in epochs:
            self.assertEqual(sorted(np.concatenate(batches)), list(range(20)))
        self.assertNotEqual(np.concatenate(epochs[0]).tolist(), np.concatenate(epochs[1]).tolist())
        again = test.batches(6, seed=1, epoch=1)
        self.assertEqual(np.concatenate(again).tolist(), np.concatenate(epochs[1]).tolist())
        self.assertEqual([len(batch) for batch in test.batches(19, seed=1, epoch=0)], [19])

    def test_indices_outside_of_the_split_are_refused(self):
        test = new_run().dataset("test")
        with self.assertRaisesRegex(IndexError, r"indices must be in \[0, 20\), got -1 to 20"):
            test.images([-1, 20])
        with self.assertRaises(IndexError):
            test[20]

    def test_many_shards_need_few_open_files(self):
        train = new_run().dataset("train")
        self.assertGreater(len(train._shards), 4)
        beyond_imagenet._MOST_MAPS, most = 2, beyond_imagenet._MOST_MAPS
        try:
            everything = train.images(range(len(train)))
            self.assertLessEqual(len(train._maps), 2)
            self.assertTrue(all(np.array_equal(train[i][0], everything[i]) for i in range(len(train))))
        finally:
            beyond_imagenet._MOST_MAPS = most


if __name__ == "__main__":
    unittest.main()
