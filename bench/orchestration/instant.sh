# A trainer that is done at once.
cd "$BEYOND_IMAGENET_RUN" || exit 1
echo '{"epoch": 1, "epochs": 1, "loss": 1, "validationTop1Error": 0.5}' > metrics.jsonl
cat > result.json.tmp <<'END'
{"outcome": "finished", "test": {"images": 20, "top1Error": 0.5, "loss": 1}, "validation": {"images": 10, "top1Error": 0.5, "loss": 1}}
END
mv result.json.tmp result.json
